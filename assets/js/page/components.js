/**
 * The components of the page (layouts/components.py): what each does with its element. What they
 * paint and say is of painter.js, timeline.js, panels.js and panel-text.js.
 */
(() => {
  'use strict';

  const d = window.displacement;
  const { element, island, islands, page } = d;
  const { data, strings, format, reading, urls } = d.words;
  const text = d.createPanelText({ strings, format, reading });
  const dark = d.followDark('screen and (prefers-color-scheme: dark)');
  const folding = d.createFolding(data.letters);
  const words = { strings, format, reading, text, urls, dark, ages: data.ages };
  const byId = (id) => document.getElementById(id);
  const narrow = window.matchMedia('(max-width: 780px)');
  const select = (pcode) => page.select(pcode, { focus: Boolean(pcode) });
  const nothing = () => ({});

  island('View', nothing);
  island('Notices', nothing);

  island('Address', ({ set }) => {
    window.addEventListener('popstate', () => {
      islands.made.get('timeline').pause();
      page.follow();
    });
    return { settle: () => set({ query: page.shownQuery() }) };
  });

  island('Choropleth', ({ root, props, set }) => {
    const stage = root.querySelector('.stage');
    const tooltip = root.querySelector('.tooltip');
    const painter = d.createPainter(stage, { reading, format, strings, tooltip, dark });
    painter.takeOver(stage.querySelector('svg.map'));
    let sheet = null;
    async function openSheet(pcode) {
      await d.fetchUsed().catch(() => {}); // without it the panel opens below
      sheet ??= d.createAreaSheet?.({
        ...words,
        narrow,
        frame: stage,
        pathOf: (each) => stage.querySelector(`path[data-pcode="${each}"]`),
        select: page.select,
      });
      return sheet ? sheet.open(pcode) : page.select(pcode);
    }
    const map = d.createExploreMap(stage, {
      painter,
      buttons: root.querySelector('.zoom'),
    });
    stage.addEventListener('displacement:select', ({ detail: { pcode, byKey } }) =>
      choose(pcode, byKey),
    );
    function choose(pcode, focus) {
      if (pcode && narrow.matches) return openSheet(pcode);
      return page.select(pcode, { focus: focus && Boolean(pcode) });
    }
    stage.addEventListener('displacement:hover', ({ detail }) =>
      islands.made.get('ranking').hover(detail.pcode),
    );
    stage.addEventListener('displacement:reveal', () => islands.made.get('tab').choose('map'));
    return {
      draw: map.draw,
      frame: map.frame,
      point: painter.point,
      choose,
      show: painter.show,
      step: (view, t) => sheet?.step(view, t),
      paint: (_, t) => painter.step(t),
      settle: painter.settle,
      select(pcode) {
        painter.select(pcode);
        sheet?.follow(pcode);
        if (pcode !== props.selected) set({ selected: pcode });
        props = { ...props, selected: pcode };
      },
      update: (next) => page.select(next.selected), // by a callback of others
    };
  });

  island('Timeline', ({ root, set }) => {
    root.replaceChildren(); // links, for readers without scripts
    const timeline = d.createTimeline(root, {
      strings: data.timeline,
      formatDate: format.date,
      formatYear: format.whole,
      fill: format.fill,
      idPrefix: 'timeline',
    });
    root.addEventListener('displacement:time', ({ detail: { index, settled } }) =>
      page.step(index, settled),
    );
    root.addEventListener('displacement:base', ({ detail: { date, settled } }) => {
      if (settled) islands.made.get('base-date').choose(date);
    });
    const rest = (view, t) => set({ date: view.dates[t] });
    return {
      pause: timeline.pause,
      show(view, t) {
        const base = view.state.base ? view.dates.indexOf(view.state.base) : null;
        timeline.update({ ...reading.rounds(view), index: t, base });
        rest(view, t);
      },
      settle: rest,
      update({ date }) {
        const index = page.view.dates.indexOf(date);
        if (index < 0 || index === islands.shown.index) return; // not by a callback of others
        timeline.setIndex(index);
        page.step(index, true);
      },
    };
  });

  // ---- what is chosen with

  const inputs = (root) => [...root.querySelectorAll('input')];

  /** Radio buttons: `choose` does as the reader would. */
  function choices({ root, props, set }) {
    const value = () => inputs(root).find(({ checked }) => checked)?.value ?? '';
    let early = value() === String(props.value) ? '' : value(); // chosen before there were figures
    function check(wanted) {
      for (const input of inputs(root)) input.checked = input.value === wanted;
    }
    function tell() {
      set({ value: value() });
      if (props.name === 'tab') see(value());
      else tellChosen();
    }
    root.addEventListener('change', tell);
    return {
      choose(wanted) {
        if (wanted === value()) return;
        check(wanted);
        tell();
      },
      show(view) {
        const state = view.state[props.name];
        if (state === undefined) return;
        if (!early) check(String(state));
        offer(root, view.available[`${props.name}s`] ?? view.available[props.name]);
        set({ value: early || String(state) });
        early = '';
        if (props.name === 'prog_when') root.hidden = !view.text.programmes;
      },
      update: (next) => check(next.value),
    };
  }

  /** The map or the table: at once, as the focus may follow; the callback tells Dash's own layout. */
  function see(tab) {
    const table = tab === 'table';
    byId('map-pane').hidden = table;
    byId('table-pane').hidden = !table;
  }

  function tellChosen() {
    if (!document.documentElement.dataset.dash) page.tellWaiting();
    document.dispatchEvent(new CustomEvent('displacement:chosen'));
  }

  /** Switch off the options that the population has no figures for. */
  function offer(root, available) {
    if (!available) return;
    for (const input of inputs(root)) {
      input.disabled = !available.map(String).includes(input.value);
      input.closest('label').dataset.disabled = String(input.disabled);
    }
  }

  island('Choices', choices);

  island('Populations', (given) => {
    let meta = null;
    function totals(view, t) {
      for (const population of meta?.populations ?? []) {
        const place = byId(`total-${population.code}`);
        // None of what came with figures that are newer than the page.
        if (place) place.textContent = text.total(population, view.dates[t]);
      }
    }
    const made = choices(given);
    return {
      ...made,
      async show(view) {
        made.show(view);
        const about = await page.metaOf(view.version).catch(() => null); // they stay as they were
        if (!about || view !== page.view) return;
        meta = about;
        totals(view, islands.shown.index);
      },
      step: totals,
    };
  });

  island('Programmes', ({ root, props, set }) => {
    const list = root.querySelector('.programmes');
    const none = root.querySelector('.choice-all');
    const boxes = () => [...list.querySelectorAll('input')];
    const value = () => boxes().flatMap((box) => (box.checked ? [box.value] : []));
    function check(codes) {
      for (const box of boxes()) box.checked = codes.includes(box.value);
      none.setAttribute('aria-pressed', String(!codes.length));
    }
    function choose(codes) {
      set({ value: codes });
      tellChosen();
    }
    const sorted = (codes) => [...codes].sort();
    const others = sorted(value()).join() !== sorted(props.value).join();
    let early = others ? value() : null; // chosen before there were figures
    list.addEventListener('change', () => choose(value()));
    none.addEventListener('click', () => {
      check([]);
      choose([]);
    });
    root.querySelector('.search').addEventListener('input', ({ target }) => search(target.value));

    /** Filter the programmes by what is typed: words of code and name, folded. */
    function search(typed) {
      let found = 0;
      for (const pillar of list.querySelectorAll('.pillar')) {
        let inPillar = 0;
        for (const label of pillar.querySelectorAll('label')) {
          const match = folding.finds(typed, label.textContent);
          label.hidden = !match;
          inPillar += match;
        }
        pillar.hidden = !inPillar;
        found += inPillar;
      }
      list.dataset.empty = found ? '' : strings.noMatch;
    }

    /** Scroll the list, and nothing else, to the first chosen programme. */
    function showChosen() {
      const chosen = list.querySelector('input:checked')?.closest('label');
      if (!chosen) return;
      const [box, frame] = [chosen.getBoundingClientRect(), list.getBoundingClientRect()];
      if (box.top < frame.top || box.bottom > frame.bottom) list.scrollTop += box.top - frame.top;
    }

    return {
      show(view) {
        const codes = early ?? view.state.prog;
        check(codes);
        set({ value: sorted(codes) });
        early = null;
        if (view.state.prog.length) requestAnimationFrame(showChosen);
      },
      update: ({ value: codes }) => check(codes),
    };
  });

  island('Funder', ({ root, props, set }) => {
    const list = root.querySelector('select');
    let early = list.value === props.value ? null : list.value; // chosen before there were figures
    list.addEventListener('change', () => {
      set({ value: list.value });
      tellChosen();
    });
    return {
      show({ state, text: { funders } }) {
        const value = early ?? state.funder.join('~');
        early = null;
        const offered = [...list.options].some((option) => option.value === value);
        if (!offered) list.append(element('option', { value }, funders)); // several together
        list.value = value;
        set({ value });
      },
    };
  });

  island('BaseDate', ({ root, props, set }) => {
    const list = root.querySelector('select');
    let early = props.value && list.value !== props.value ? list.value : '';
    function choose(date) {
      set({ value: date });
      tellChosen();
    }
    list.addEventListener('change', () => choose(list.value));
    return {
      choose,
      show({ dates, state }) {
        const change = state.mode === 'change';
        root.hidden = !change;
        list.disabled = !change;
        list.replaceChildren(
          ...dates.map((iso) =>
            element('option', { value: iso, selected: iso === state.base }, format.date(iso)),
          ),
        );
        if (early) list.value = early;
        set({ value: early || (state.base ?? '') });
        early = '';
      },
    };
  });

  island('Ends', ({ root, props }) => {
    const labelOf = (value) =>
      byId(props.of).querySelector(`input[value="${value}"]`).closest('label').textContent.trim();
    return {
      show(view) {
        const sentences = Object.entries(view.available.until[props.of] ?? {}).map(([value, iso]) =>
          format.fill(strings.until, { choice: labelOf(value), date: format.date(iso) }),
        );
        root.textContent = format.listed(sentences);
        root.hidden = !sentences.length;
      },
    };
  });

  island('PlaceField', ({ root }) => {
    let begun = false;
    root.addEventListener('focusin', async () => {
      await d.fetchUsed().catch(() => {}); // without it the form is sent
      if (begun || !d.createPlaceField) return;
      begun = true;
      d.createPlaceField(root, { folding, format, strings, placesOf: page.placesOf, goTo });
    });
    return {};
  });

  /** Choose a place and show it in the middle of the map, of districts if it is one. */
  async function goTo({ pcode, level, parent }) {
    const { state, available } = page.view;
    islands.made.get('tab').choose('map'); // before the address is written, which says so
    if (level > state.level && available.levels.includes(level)) {
      const query = page.queryOf();
      query.set('level', level);
      query.set('area', pcode);
      await page.ask(query, { history: 'push', whole: true });
      if (page.view.state.level !== level) return; // the reader is told why
    }
    const { areas } = page.view;
    const own = areas.filter((area) => area.pcode === pcode || area.parent === pcode);
    const map = islands.made.get('map');
    map.frame(own.length ? own.map((area) => area.pcode) : [parent]);
    await map.choose(pcode, true);
  }

  // The form is a sheet where there is no room for it; Dash draws another in its place.
  island('FiltersButton', ({ root }) => {
    const form = () => byId('filters');
    let isOpen = false;
    function fit() {
      if (narrow.matches) form().popover = 'auto';
      else form().removeAttribute('popover');
      // At once: once Dash's own form is there, the other one says no more.
      form().addEventListener('beforetoggle', ({ newState }) => {
        isOpen = newState === 'open';
      });
    }
    narrow.addEventListener('change', fit);
    fit();
    return {
      show(view) {
        root.querySelector('span').textContent = view.text.choices;
      },
      taken() {
        fit();
        if (isOpen && narrow.matches) form().showPopover();
        if (narrow.matches) d.fetchUsed().catch(() => {}); // a tap is answered at once
      },
    };
  });

  // ---- what is shown

  // Each sentence of the view, by the name that layouts/explore.py gives it.
  const SENTENCES = {
    title: (view) => view.text.title,
    headline: (view, t) => view.text.headline[t],
    newest: (view) => view.text.newest,
    age: (view) => data.ages[view.text.newestDay] || '',
    missing: (view, t) => view.text.missing[t],
    breaks: (view, t) => reading.breaks(view, t),
    ranking: ({ state }) => (state.level === 2 ? strings.byLevel2 : strings.byLevel1),
  };

  island('Sentence', ({ root, props }) => ({
    step(view, t) {
      const sentence = SENTENCES[props.of](view, t);
      if (root.textContent !== sentence) root.textContent = sentence;
      if (props.of === 'breaks') root.hidden = !sentence;
    },
  }));

  island('Legend', ({ root }) => {
    const legend = d.createLegend(root, words);
    dark.addEventListener('change', () => {
      legend.show(page.view);
      legend.step(page.view, islands.shown.index);
    });
    return legend;
  });

  island('KeyFigures', ({ root }) => {
    root.replaceChildren();
    return d.createKeyFigures(root, words);
  });

  island('Ranking', ({ root }) =>
    d.createRanking(root, {
      ...words,
      onSelect: select,
      onHover: (pcode) => islands.made.get('map').point(pcode),
    }),
  );
})();
