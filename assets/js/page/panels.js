/**
 * What stands around the map: legend, key figures, ranking, table, notes. Each panel is made once
 * per view (`show`) and follows the date (`step`) by changing texts, widths and order only.
 */
(() => {
  'use strict';

  const UNCOLOURED = 'znsoxp';
  const SHOWN = 'cz';
  const { element, keepFocus } = window.displacement;

  /** Classes from most to least, then the statuses that occur, each with its number of areas. */
  function createLegend(root, { strings, format, dark }) {
    let rows = [];
    return {
      show(view) {
        const colours = dark.matches ? view.scale.colorsDark : view.scale.colors;
        const always = view.state.mode === 'change' ? 'zx' : 'zn';
        const found = (letter) =>
          view.tallies.some((tally) => tally[colours.length + UNCOLOURED.indexOf(letter)]);
        const classes = colours
          .map((colour, k) => ({
            label: view.scale.labels[k],
            style: `background:${colour}`,
            at: k,
          }))
          .reverse();
        const statuses = [...UNCOLOURED]
          .filter((letter) => always.includes(letter) || found(letter))
          .map((letter) => ({
            label: view.text.statuses[letter],
            kind: `status-${letter}`,
            at: colours.length + UNCOLOURED.indexOf(letter),
          }));
        rows = [...classes, ...statuses].map(({ label, style, kind, at }) => {
          const count = element('small', { 'aria-hidden': 'true' });
          const said = element('span', { class: 'visually-hidden' });
          const swatch = element('i', { class: kind || 'swatch', style });
          const row = element('li', {}, swatch, element('span', {}, label), count, said);
          return { at, count, said, row };
        });
        root.replaceChildren(
          element('b', {}, view.text.unit),
          element(
            'ul',
            {},
            rows.map(({ row }) => row),
          ),
        );
      },
      step(view, t) {
        for (const { at, count, said, row } of rows) {
          const n = view.tallies[t][at];
          const written = format.number(n);
          count.textContent = n ? written : '';
          said.textContent = n ? format.plural(strings.legendCount, n, { n: written }) : '';
          row.dataset.empty = String(!n);
        }
      },
    };
  }

  /** Four figures of the whole: total, change, concentration, what is not known. */
  function createKeyFigures(root, { strings, format, reading, urls }) {
    const { fill } = format;
    const figure = () => ({
      number: element('p', { class: 'big' }),
      label: element('p', { class: 'about' }),
    });
    const [total, change, top, gaps] = [figure(), figure(), figure(), figure()];
    const source = element('a', { class: 'source-link' }, strings.source);
    root.append(
      element(
        'div',
        { class: 'key-figures' },
        [total, change, top, gaps].map(({ number, label }) => element('div', {}, number, label)),
      ),
      element('p', { class: 'source-row' }, source),
    );

    function set(target, number, label) {
      target.number.textContent = number;
      target.label.textContent = label;
    }

    function setTotal(view, t) {
      const value = view.totals[t];
      const { population, programmes } = view.text;
      const named = { population, programmes };
      const of = ([inProgrammes, nationally]) =>
        programmes
          ? format.plural(strings[inProgrammes], view.state.prog.length, named)
          : fill(strings[nationally], named);
      const people = ['inProgrammes', 'nationally'];
      const households = ['inProgrammesHouseholds', 'nationallyHouseholds'];
      const rate = view.state.measure === 'rate';
      const isChange = view.state.mode === 'change';
      total.number.title = '';
      if (value === null)
        return set(total, '–', fill(strings.nowhereKnown, { population: of(people) }));
      const exact = (isChange ? format.signed : format.number)(value, rate ? 1 : 0);
      const written = rate ? exact : format.compact(value, isChange);
      const counted = view.state.measure === 'households' ? households : people;
      const label = rate && !programmes ? strings.rates : of(counted);
      const since = () =>
        fill(strings.valueSince, { value: label, date: format.date(view.state.base) });
      set(total, written, isChange ? since() : label);
      total.number.title = exact;
    }

    function setChange(view, t) {
      const [now, then] = [view.totals[t] ?? null, view.totals[t - 1] ?? null];
      if (now === null || then === null) return set(change, '–', strings.firstRound);
      const by = now - then; // of the figures that are shown, as the server does
      const decimals = by && view.state.measure === 'rate' ? 1 : 0;
      const date = format.date(view.dates[t - 1]);
      set(change, format.signed(by, decimals), fill(strings.previousRound, { date }));
    }

    /** With a programme: its part of the country. Else: how much the three largest areas hold. */
    function setTop(view, t) {
      const part = view.text.parts[t];
      if (view.shares?.[t] != null) return set(top, part, strings.shareOfCountry);
      if (!view.top.length) return setExtreme(view, t);
      const [, ...largest] = view.top[t];
      if (!part) return set(top, '–', strings.noFigure);
      const names = format.listed(largest.map((i) => view.areas[i].name));
      set(top, part, fill(strings.topIn, { names }));
    }

    /** Where shares say nothing (rates, changes): the area with the most, or the largest change. */
    function setExtreme(view, t) {
      const size = (i) => Math.abs(view.values[t][i] ?? 0);
      const most = view.areas.reduce((best, _, i) => (size(i) > size(best) ? i : best), 0);
      if (!size(most)) return set(top, '–', strings.noFigure);
      const { name } = view.areas[most];
      const template = view.state.mode === 'change' ? strings.largestChange : strings.highest;
      set(top, reading.figure(view, view.values[t][most]), fill(template, { name }));
    }

    function setGaps(view, t) {
      const inside = [...view.status[t]].filter((letter) => letter !== 'o');
      const without = inside.filter((letter) => !SHOWN.includes(letter)).length;
      set(
        gaps,
        format.number(without),
        format.plural(strings.notAssessedAreas, inside.length, {
          n: format.number(inside.length),
        }),
      );
    }

    return {
      show() {},
      step(view, t) {
        source.href = `${urls.sources}#${view.sources[view.sourceOn[t]]?.id || ''}`;
        for (const write of [setTotal, setChange, setTop, setGaps]) write(view, t);
      },
    };
  }

  /** All areas, largest first, with a bar each; those without a figure last, with the reason. */
  function createRanking(root, title, { strings, reading, onSelect, onHover }) {
    let rows = [];
    let view = null;
    let selected = '';

    function makeRow(area, i) {
      const bar = element('i');
      const value = element('span', { class: 'value' });
      const name = element('span', { class: 'name' }, area.name);
      const button = element(
        'button',
        { type: 'button', 'data-pcode': area.pcode, 'aria-pressed': 'false' },
        name,
        element('span', { class: 'bar', 'aria-hidden': 'true' }, bar),
        value,
      );
      return { i, pcode: area.pcode, bar, value, button, item: element('li', {}, button) };
    }

    root.addEventListener('click', (event) => {
      const pcode = event.target.closest('button')?.dataset.pcode;
      if (pcode) onSelect(pcode === selected ? '' : pcode);
    });
    for (const [name, read] of [
      ['pointerover', true],
      ['pointerout', false],
      ['focusin', true],
      ['focusout', false],
    ]) {
      root.addEventListener(name, (event) => {
        const pcode = event.target.closest?.('button')?.dataset.pcode;
        if (pcode) onHover(read ? pcode : '');
      });
    }

    return {
      show(next) {
        view = next;
        title.textContent = view.state.level === 2 ? strings.byLevel2 : strings.byLevel1;
        rows = view.areas
          .map(makeRow)
          .filter(
            ({ i }) => view.status[0][i] !== 'o' || view.status.some((row) => row[i] !== 'o'),
          );
        root.replaceChildren(...rows.map(({ item }) => item));
        this.select(selected);
      },
      step(_, t) {
        const values = view.values[t];
        const most = Math.max(...values.map((value) => Math.abs(value ?? 0)), 1e-9);
        const place = ({ i }) => view.ranks[t][i] || Number.POSITIVE_INFINITY;
        const inView = rows.filter(({ i }) => view.status[t][i] !== 'o');
        const ordered = inView.sort((a, b) => place(a) - place(b) || a.i - b.i);
        for (const row of ordered) {
          row.value.textContent = reading.value(view, t, row.i);
          row.value.dataset.status = view.status[t][row.i];
          const value = values[row.i];
          row.bar.style.inlineSize = `${(100 * Math.abs(value ?? 0)) / most}%`;
          row.bar.dataset.fewer = String((value ?? 0) < 0);
        }
        keepFocus(root, () =>
          ordered.forEach(({ item }, at) => {
            if (root.children[at] !== item) root.insertBefore(item, root.children[at] || null);
          }),
        );
      },
      select(pcode) {
        selected = pcode;
        for (const row of rows)
          row.button.setAttribute('aria-pressed', String(row.pcode === pcode));
      },
      hover(pcode) {
        for (const row of rows) row.item.dataset.pointed = String(row.pcode === pcode);
      },
    };
  }

  /** The same view as a table: sortable by every column, copied as tab-separated text. */
  function createTable(root, { strings, reading, format, onSelect }) {
    let view = null;
    let now = 0;
    let sort = { key: 'rank', down: false };
    const status = element('span', { role: 'status', class: 'copy-status' });
    const copy = element(
      'button',
      { type: 'button', class: 'button', onclick: copyRows },
      strings.copyTable,
    );
    const caption = element('caption');
    const head = element('thead');
    const body = element('tbody');
    root.append(
      element('div', { class: 'table-actions' }, copy, status),
      element(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': strings.table },
        element('table', {}, caption, head, body),
      ),
    );

    function columns() {
      const districts = view.state.level === 2;
      const all = [
        { key: 'name', label: strings.area, text: (i) => view.areas[i].name },
        districts && {
          key: 'parent',
          label: strings.governorate,
          text: (i) => view.areas[i].parentName,
        },
        { key: 'pcode', label: strings.code, text: (i) => view.areas[i].pcode },
        {
          key: 'value',
          label: view.text.unit,
          number: true,
          text: (i) =>
            view.values[now][i] == null ? '' : reading.figure(view, view.values[now][i]),
          by: (i) => view.values[now][i],
        },
        {
          key: 'status',
          label: strings.status,
          text: (i) => view.text.statuses[view.status[now][i]],
        },
        {
          key: 'rank',
          label: strings.rankColumn,
          number: true,
          text: (i) => (view.ranks[now][i] ? format.number(view.ranks[now][i]) : ''),
          by: (i) => view.ranks[now][i] || null,
        },
        view.state.mode === 'level' && {
          key: 'change',
          label: strings.changeColumn,
          number: true,
          text: (i) => changeText(i),
          by: (i) => reading.difference(view, now, now - 1, i),
        },
      ];
      return all.filter(Boolean);
    }

    function changeText(i) {
      const by = reading.difference(view, now, now - 1, i);
      return by === null ? '' : reading.signed(view, by);
    }

    function ordered() {
      const column = columns().find(({ key }) => key === sort.key) || columns()[0];
      const turn = sort.down ? -1 : 1;
      const rows = view.areas.map((_, i) => i);
      if (!column.by)
        return rows.sort((a, b) => turn * format.compare(column.text(a), column.text(b)));
      // Rows without a figure stay last whichever way the others run.
      return rows.sort((a, b) => {
        const [x, y] = [column.by(a), column.by(b)];
        if (x === null || y === null) return (x === null) - (y === null) || a - b;
        return turn * (x - y) || a - b;
      });
    }

    function sortBy(key, number) {
      const same = sort.key === key;
      sort = { key, down: same ? !sort.down : Boolean(number) && key !== 'rank' };
      draw();
    }

    function header({ key, label, number }) {
      const direction = sort.key === key ? (sort.down ? 'descending' : 'ascending') : null;
      const name = format.fill(strings.sortBy, { column: label });
      const button = element(
        'button',
        {
          type: 'button',
          title: name,
          'data-held': `sort-${key}`,
          onclick: () => sortBy(key, number),
        },
        label,
      );
      return element(
        'th',
        { scope: 'col', class: number && 'number', 'aria-sort': direction },
        button,
      );
    }

    function draw() {
      if (!root.hidden) keepFocus(root, drawRows);
    }

    function drawRows() {
      const shown = columns();
      const headline = view.text.headline[now];
      caption.textContent = format.fill(strings.summary, { title: view.text.title, headline });
      head.replaceChildren(element('tr', {}, shown.map(header)));
      body.replaceChildren(
        ...ordered().map((i) => {
          const { pcode } = view.areas[i];
          const cells = shown.map(({ key, number, text }) => {
            if (key !== 'name')
              return element('td', { class: number && 'number' }, String(text(i)));
            const open = element(
              'button',
              {
                type: 'button',
                class: 'link',
                'data-held': pcode,
                onclick: () => onSelect(pcode),
              },
              text(i),
            );
            return element('th', { scope: 'row' }, open);
          });
          return element('tr', { 'data-status': view.status[now][i] }, cells);
        }),
      );
    }

    async function copyRows() {
      const shown = columns();
      const lines = [
        shown.map(({ label }) => label),
        ...ordered().map((i) => shown.map(({ text }) => text(i))),
      ];
      const copied = lines.map((cells) => cells.join('\t')).join('\n');
      await navigator.clipboard.writeText(format.bare(copied));
      status.textContent = strings.copied;
    }

    return {
      show(next) {
        view = next;
      },
      step(_, t) {
        now = t;
        status.textContent = '';
        draw();
      },
      draw,
    };
  }

  /** What is missing on this date, how the figures were made, and whose they are. */
  function createNotes(
    { missing, breaks, newest, age, notes, line },
    { strings, reading, urls, ages },
  ) {
    const list = notes.appendChild(element('ul'));
    return {
      show(view) {
        list.replaceChildren(...view.text.notes.map((note) => element('li', {}, note)));
        newest.textContent = view.text.newest;
        age.textContent = ages[view.text.newestDay] || '';
        const once = view.sources.filter(
          ({ credit }, i) => view.sources.findIndex((one) => one.credit === credit) === i,
        );
        const credits = once.flatMap(({ id, credit }, i) => [
          i ? ' · ' : '',
          element('a', { href: `${urls.sources}#${id}` }, credit),
        ]);
        const all = element('a', { href: urls.sources }, strings.sources);
        line.replaceChildren(element('p', {}, ...credits, ' · ', all));
      },
      step(view, t) {
        missing.textContent = view.text.missing[t];
        const said = reading.breaks(view, t);
        breaks.textContent = said;
        breaks.hidden = !said;
      },
    };
  }

  Object.assign(window.displacement, {
    createLegend,
    createKeyFigures,
    createRanking,
    createTable,
    createNotes,
  });
})();
