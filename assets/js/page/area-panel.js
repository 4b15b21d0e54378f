/**
 * The area panel (one governorate or district) and the panel of chosen programmes. Both hold every
 * date at once, so that a step of the timeline asks for nothing. A step leaves the focus where it
 * is; when the panel closes, it goes back to what had opened it.
 */
(() => {
  'use strict';

  const { element, keepFocus } = window.displacement;
  const MOST_BARS = 6;
  const YEAR_PX = 44; // of a year's label and the room beside it
  const FOLDED = ['shelter', 'period', 'programmes']; // sections that are closed at first

  // What a source says stays in its language, whatever the page is in.
  const AS_PUBLISHED = { lang: 'en', dir: 'auto' };
  const published = (tag, text) => element(tag, AS_PUBLISHED, text);

  const linked = ({ title, url }) =>
    url
      ? element('a', { href: url, rel: 'noopener', ...AS_PUBLISHED }, title)
      : published('span', title);

  /** Round numbers from 0 up to `most`, at most four of them, for the lines of a chart. */
  function steps(most) {
    const power = 10 ** Math.floor(Math.log10(Math.max(most, 1) / 4));
    const step = [1, 2, 5, 10].map((by) => by * power).find((size) => size * 4 > most) ?? most;
    return [0, 1, 2, 3, 4].map((i) => i * step).filter((value) => value <= most);
  }

  /** First of January of as many years as there is room for, the last ones surely among them. */
  function years(dates, room) {
    const all = dates.map((iso) => Number(iso.slice(0, 4)));
    const [first, last] = [Math.min(...all) + 1, Math.max(...all)];
    const most = Math.max(1, Math.floor(room / YEAR_PX));
    const step = [1, 2, 5, 10].find((n) => (last - first) / n < most) ?? 20;
    const found = [];
    for (let year = last; year >= first; year -= step) found.unshift(year);
    return found;
  }

  /** A list of labelled bars, largest first unless `inOrder`; the rest behind a button. */
  function bars(entries, { strings, format, inOrder, all, held, onAll }) {
    const counted = entries.filter(({ value }) => value);
    const sorted = inOrder ? counted : counted.sort((a, b) => b.value - a.value);
    const most = Math.max(...sorted.map(({ value }) => value), 1);
    const shown = all ? sorted : sorted.slice(0, MOST_BARS);
    const rows = shown.map(({ label, value }) =>
      element(
        'li',
        {},
        element('span', { class: 'name' }, label),
        element(
          'span',
          { class: 'bar', 'aria-hidden': 'true' },
          element('i', { style: `inline-size:${(100 * value) / most}%` }),
        ),
        element('span', { class: 'value' }, format.number(value)),
      ),
    );
    const more = sorted.length > shown.length;
    const button =
      more &&
      element(
        'button',
        { type: 'button', class: 'link', 'data-held': held, onclick: onAll },
        format.fill(strings.showAll, { n: sorted.length }),
      );
    return [element('ul', { class: 'bars' }, rows), button || null];
  }

  function createAreaPanel({
    card,
    top,
    trendSlot,
    rest,
    trend,
    strings,
    format,
    reading,
    urls,
    onClose,
    onOpen,
  }) {
    let data = null;
    let view = null;
    let drawnTrend = '';
    let opener = null; // what had the focus before the panel
    let unchanging = []; // what is the same on every date
    const opened = new Set();
    const unfolded = new Set(); // sections that the reader has opened, in whatever area
    // The chart is one picture; its summary and its figures follow it.
    trendSlot.setAttribute('role', 'img');
    trendSlot.setAttribute('aria-label', strings.trend);

    function heading() {
      const { name, nameLocal, parent, parentName, pcode } = data.area;
      const up =
        parent &&
        element(
          'button',
          { type: 'button', class: 'link', 'data-held': 'up', onclick: () => onOpen(parent) },
          parentName,
        );
      return element(
        'div',
        { class: 'panel-head' },
        element(
          'div',
          {},
          element('h2', { class: 'panel-title', id: 'area-title' }, name),
          element(
            'p',
            { class: 'about' },
            nameLocal && element('bdi', { lang: 'ar' }, nameLocal),
            ` ${pcode} `,
            up || null,
          ),
        ),
        element(
          'button',
          {
            type: 'button',
            class: 'close',
            'aria-label': strings.close,
            'data-held': 'close',
            onclick: onClose,
          },
          '×',
        ),
      );
    }

    function figures(t) {
      const i = view.areas.findIndex(({ pcode }) => pcode === data.area.pcode);
      if (i < 0) return figuresOfOtherLevel(t);
      const cell = reading.cell(view, t, i);
      const source = element(
        'a',
        {
          class: 'source-link',
          'data-held': 'source',
          href: `${urls.sources}#${view.sources[view.sourceOn[t]]?.id || ''}`,
        },
        strings.source,
      );
      const before = view.yearBefore[t];
      const since = (base, template, none) => {
        const by = base == null || base < 0 ? null : reading.difference(view, t, base, i);
        if (view.state.mode === 'change') return null;
        if (by === null) return element('li', {}, none);
        const date = format.date(view.dates[base]);
        const text = by === 0 ? strings.noChange : reading.signed(view, by);
        return element('li', {}, element('b', {}, text), ` ${format.fill(template, { date })}`);
      };
      return element(
        'div',
        { class: 'panel-figures' },
        element('p', { class: 'big' }, cell.value),
        element(
          'p',
          { class: 'about' },
          [cell.unit, cell.rank].filter(Boolean).join(' · '),
          ' ',
          source,
        ),
        element(
          'ul',
          { class: 'changes' },
          since(t - 1, strings.previousRound, strings.firstRound),
          since(before, strings.sinceYearBefore, strings.noYearBefore),
        ),
      );
    }

    /** A governorate while districts are shown, or the other way round: people, from its trend. */
    function figuresOfOtherLevel(t) {
      const trend = data.trend.find(({ population }) => population === view.state.pop);
      const people = trend?.people[trend.dates.indexOf(view.dates[t])];
      const value = people == null ? strings.noFigure : format.number(people);
      return element(
        'div',
        { class: 'panel-figures' },
        element('p', { class: 'big' }, value),
        element(
          'p',
          { class: 'about' },
          format.fill(strings.figureHere, { population: view.text.population }),
        ),
      );
    }

    /** A part of the panel under its title, which may be folded. */
    function section(name, title, ...content) {
      const heading = element('h3', {}, title);
      if (!FOLDED.includes(name)) return element('section', {}, heading, ...content);
      return element(
        'details',
        { class: 'fold', 'data-fold': name, open: unfolded.has(name) },
        element('summary', { 'data-held': `fold-${name}` }, heading),
        ...content,
      );
    }

    /** Remember what the reader has opened, before it is drawn anew. */
    function noteFolds() {
      for (const { dataset, open } of rest.querySelectorAll('[data-fold]')) {
        if (open) unfolded.add(dataset.fold);
        else unfolded.delete(dataset.fold);
      }
    }

    /** Households and later people of one kind: those of the date, never both in one list. */
    function breakdowns(t) {
      const at = data.dates.indexOf(view.dates[t]);
      const kinds = new Set(data.breakdowns.map(({ kind }) => kind));
      return [...kinds].map((wanted) => {
        const tables = data.breakdowns.filter(({ kind }) => kind === wanted);
        return breakdown(tables.find(told(at)) ?? tables[0], tables, t, at);
      });
    }

    /** Whether a table has anything on a date, be it too few to show. */
    const told = (i) => (table) => table.values[i] || table.hidden[i];

    /** How many places or groups of the date have too few people to show; which, is not said. */
    function tooFew(table, at) {
      const n = table.hidden[at];
      if (!n) return null;
      const places = ['origin', 'destination'].includes(table.kind);
      const forms = strings.tooFew[places ? 'place' : 'group'];
      return element('p', { class: 'about' }, format.plural(forms, n, { n: format.number(n) }));
    }

    /** The date with rows that is nearest to one that has none. */
    function nearestKnown(tables, t) {
      const known = data.dates.filter((_, i) => tables.some(told(i)));
      const away = (iso) => Math.abs(Date.parse(iso) - Date.parse(view.dates[t]));
      return known.reduce((a, b) => (away(b) < away(a) ? b : a));
    }

    function breakdown(table, tables, t, at) {
      const row = table.values[at];
      const known = row || table.hidden[at];
      const entries = row ? table.labels.map((label, k) => ({ label, value: row[k] })) : [];
      const notes =
        table.kind === 'shelter'
          ? data.shelterNotes.filter(({ until }) => !until || view.dates[t] <= until)
          : [];
      const date = format.date(view.dates[t]);
      const nearest = () => ({ date: format.date(nearestKnown(tables, t)) });
      return section(
        table.kind,
        table.title,
        known
          ? element(
              'p',
              { class: 'about' },
              format.fill(strings.brokenDownOn[table.unit], { date }),
            )
          : null,
        row
          ? bars(entries, {
              strings,
              format,
              inOrder: table.kind === 'period',
              all: opened.has(table.kind),
              held: table.kind,
              onAll: () => {
                opened.add(table.kind);
                step(t);
              },
            })
          : null,
        known ? tooFew(table, at) : element('p', {}, format.fill(strings.noBreakdown, nearest())),
        notes.map(({ text }) => element('p', { class: 'about' }, text)),
      );
    }

    function present() {
      const list = data.programmes.map(({ code, name, years, rows }) =>
        element(
          'details',
          {},
          element(
            'summary',
            {},
            element('b', {}, code),
            ` ${name} `,
            element('small', {}, years || strings.yearsUnknown),
          ),
          element(
            'ul',
            {},
            rows.map((row) => {
              const when = [row.from, row.to].filter(Boolean).join(' – ') || strings.undated;
              const about = format.listed([strings[row.status], when].filter(Boolean));
              const phase = row.phase ? [' · ', published('bdi', row.phase)] : [];
              return element('li', {}, about, ...phase, ': ', linked(row.source));
            }),
          ),
        ),
      );
      const programmes = list.length ? list : element('p', {}, strings.noProgrammes);
      return section('programmes', strings.programmesHere, programmes);
    }

    /** The trend is Plotly's: a line for each population, drawn once per area, when it is there. */
    async function drawTrend() {
      const key = `${data.area.pcode}:${data.version}`;
      if (drawnTrend === key) return;
      drawnTrend = key;
      const lines = data.trend;
      await trend.fetchPlotly();
      if (drawnTrend !== key) return; // another area has been opened, or none
      const styles = getComputedStyle(document.documentElement);
      const token = (name) => styles.getPropertyValue(name).trim();
      const traces = lines.map(({ population, label, dates, people }) => ({
        type: 'scatter',
        mode: dates.length > 10 ? 'lines' : 'markers',
        name: label,
        x: dates,
        y: people,
        connectgaps: false,
        line: {
          color: token(`--trend-${population}`),
          width: 2,
          dash: token(`--dash-${population}`),
        },
        marker: { color: token(`--trend-${population}`), size: 8 },
        hovertemplate: '%{y:,}',
      }));
      // Time runs as the language is read, as on the timeline.
      const rtl = document.dir === 'rtl';
      const { l: start, r: end, ...margin } = trend.layout.margin;
      const tickvals = steps(Math.max(...lines.flatMap(({ people }) => people)));
      const shownYears = years(
        lines.flatMap(({ dates }) => dates),
        trendGraph().clientWidth - start - end,
      );
      const layout = {
        ...trend.layout,
        margin: { ...margin, l: rtl ? end : start, r: rtl ? 1.6 * start : end }, // millions are a word there
        font: { color: token('--mute'), size: 12, family: 'inherit' },
        xaxis: {
          ...trend.layout.xaxis,
          autorange: rtl ? 'reversed' : true,
          tickangle: 0,
          tickvals: shownYears.map((year) => `${year}-01-01`),
          ticktext: shownYears.map(format.whole),
        },
        yaxis: {
          ...trend.layout.yaxis,
          gridcolor: token('--line'),
          side: rtl ? 'right' : 'left',
          tickvals,
          // Plotly's letters run from left to right: what is isolated goes its own way.
          ticktext: tickvals.map((n) => format.fill('{n}', { n: format.compact(n) })),
        },
        hoverlabel: { bgcolor: token('--card'), font: { color: token('--ink') } },
      };
      const options = { displayModeBar: false, responsive: true };
      await window.Plotly.react(trendGraph(), traces, layout, options);
    }

    /** Where the trend is drawn. */
    function trendGraph() {
      if (!trendSlot.firstElementChild) trendSlot.append(element('div', { id: 'trend' }));
      return trendSlot.firstElementChild;
    }

    function trendSummary() {
      const write = (iso, value) => ({ number: format.number(value), date: format.date(iso) });
      const lines = data.trend.map(({ population, label, dates, people }) => {
        const known = dates
          .map((iso, i) => ({ iso, value: people[i] }))
          .filter(({ value }) => value !== null);
        const most = known.reduce((a, b) => (b.value > a.value ? b : a));
        const [first, last, top] = [known[0], known.at(-1), most].map(({ iso, value }) =>
          write(iso, value),
        );
        const values = {
          label,
          first: first.number,
          firstDate: first.date,
          last: last.number,
          lastDate: last.date,
          most: top.number,
          mostDate: top.date,
        };
        return element(
          'li',
          { 'data-population': population },
          format.fill(strings.trendSummary, values),
        );
      });
      return element('ul', { class: 'about trend-summary' }, lines);
    }

    /** The chart's figures; made when they are first asked for. */
    function trendFigures() {
      const figures = element('details', {}, element('summary', {}, strings.trendFigures));
      figures.addEventListener('toggle', () => figures.append(trendTable()), { once: true });
      return figures;
    }

    function trendTable() {
      const { trend } = data;
      const dates = [...new Set(trend.flatMap((one) => one.dates))].sort().reverse();
      const number = (value) => (value == null ? '' : format.number(value));
      const figure = (one, iso) => number(one.people[one.dates.indexOf(iso)]);
      const head = trend.map(({ label }) =>
        element('th', { scope: 'col', class: 'number' }, label),
      );
      const row = (iso) => [
        element('th', { scope: 'row' }, format.date(iso)),
        ...trend.map((one) => element('td', { class: 'number' }, figure(one, iso))),
      ];
      return element(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': strings.trend },
        element(
          'table',
          {},
          element(
            'thead',
            {},
            element('tr', {}, element('th', { scope: 'col' }, strings.date), head),
          ),
          element(
            'tbody',
            {},
            dates.map((iso) => element('tr', {}, row(iso))),
          ),
        ),
      );
    }

    function step(t) {
      if (data) keepFocus(card, () => draw(t));
    }

    function draw(t) {
      noteFolds();
      const [summary, figuresOfTrend, programmes] = unchanging;
      const up =
        data.area.parent &&
        element(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-held': 'up-below',
            onclick: () => onOpen(data.area.parent),
          },
          data.area.parentName,
        );
      top.replaceChildren(
        heading(),
        ...[figures(t)].filter(Boolean),
        element('h3', {}, strings.trend),
      );
      rest.replaceChildren(
        summary,
        figuresOfTrend,
        ...breakdowns(t),
        ...(up
          ? [element('p', { class: 'about' }, ...sentence(strings.breakdownsByGovernorate, up))]
          : []),
        programmes,
      );
    }

    /** Give the focus back to what opened the panel, or to the same area where that is gone. */
    function giveBack(pcode) {
      const others = document.querySelectorAll(`[data-pcode="${pcode}"], [data-held="${pcode}"]`);
      const places = [opener, ...others].filter((each) => each?.isConnected);
      places.find((each) => each.checkVisibility())?.focus();
    }

    /** A sentence whose {name} is an element. */
    function sentence(template, child) {
      const [before, after] = template.split('{name}');
      return [before, child, after];
    }

    return {
      async open(next, shown, t) {
        if (!card.contains(document.activeElement)) opener = document.activeElement;
        data = next;
        view = shown;
        noteFolds();
        unchanging = [trendSummary(), trendFigures(), present()];
        card.hidden = false;
        trendGraph(); // which takes its place, so that what stands below it does not move later
        step(t);
        drawTrend().catch(() => {
          drawnTrend = ''; // its summary in words stands below
        });
      },
      /** What was loaded for another population says nothing of this one: wait for its own. */
      show(next) {
        if (data && next.state.pop !== view.state.pop) {
          data = null;
          top.replaceChildren();
          rest.replaceChildren();
        }
        view = next;
      },
      step,
      close() {
        const pcode = data?.area.pcode;
        const wasInside = card.contains(document.activeElement);
        data = null;
        drawnTrend = '';
        card.hidden = true;
        if (wasInside) giveBack(pcode);
      },
    };
  }

  function createProgrammePanel({ card, root, strings, format, country }) {
    const row = (label, text) => [element('dt', {}, label), element('dd', {}, text)];

    function result(entry, nameOf) {
      const where = entry.national
        ? format.fill(strings.allOfCountry, { country })
        : format.listed(entry.places.map(nameOf));
      const when = entry.asOf ? format.fill(strings.asOf, { date: entry.asOf }) : strings.undated;
      const number = Number(entry.value);
      const value = Number.isFinite(number) ? format.number(number) : entry.value;
      return element(
        'li',
        {},
        element('b', {}, value),
        ' ',
        published('bdi', entry.indicator),
        ` – ${format.listed([where, when])}: `,
        linked(entry.source),
      );
    }

    function section(programme, nameOf) {
      const { code, name, description, years, funders, people, governorates, results, sources } =
        programme;
      const results_ = results.length
        ? [
            element('p', { class: 'about' }, strings.resultsNote),
            element(
              'ul',
              { class: 'results' },
              results.map((entry) => result(entry, nameOf)),
            ),
          ]
        : [element('p', {}, strings.noResults)];
      return element(
        'section',
        { class: 'programme-facts' },
        element('h2', { class: 'panel-title' }, `${code} · ${name}`),
        published('p', description),
        element(
          'dl',
          {},
          row(strings.years, years || strings.yearsUnknown),
          row(strings.funders, funders ? published('bdi', funders) : strings.none),
          row(strings.peopleServed, people ? published('bdi', people) : strings.none),
          row(
            format.fill(strings.numbered, { label: strings.governorates, n: governorates.length }),
            format.listed(governorates.map(nameOf)) || strings.none,
          ),
        ),
        element(
          'details',
          {},
          element(
            'summary',
            {},
            format.fill(strings.numbered, { label: strings.results, n: results.length }),
          ),
          ...results_,
        ),
        element(
          'details',
          {},
          element(
            'summary',
            {},
            format.fill(strings.numbered, { label: strings.sources, n: sources.length }),
          ),
          element(
            'ul',
            {},
            sources.map((source) => element('li', {}, linked(source))),
          ),
        ),
      );
    }

    return {
      show(view, nameOf) {
        card.hidden = !view.programmes.length;
        root.replaceChildren(...view.programmes.map((programme) => section(programme, nameOf)));
      },
    };
  }

  Object.assign(window.displacement, { createAreaPanel, createProgrammePanel });
})();
