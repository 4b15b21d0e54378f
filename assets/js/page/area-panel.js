/**
 * The area panel (one governorate or district) and the panel of chosen programmes. Both hold every
 * date at once, so that a step of the timeline asks for nothing.
 */
(() => {
  'use strict';

  const { element } = window.displacement;
  const MOST_BARS = 6;

  const linked = ({ title, url }) =>
    url ? element('a', { href: url, rel: 'noopener' }, title) : element('span', {}, title);

  /** A list of labelled bars, largest first unless `inOrder`; the rest behind a button. */
  function bars(entries, { strings, format, inOrder, all, onAll }) {
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
        { type: 'button', class: 'link', onclick: onAll },
        format.fill(strings.showAll, { n: sorted.length }),
      );
    return [element('ul', { class: 'bars' }, rows), button || null];
  }

  function createAreaPanel({
    card,
    top,
    trendSlot,
    rest,
    trendId,
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
    const opened = new Set();

    function heading() {
      const { name, nameLocal, parent, parentName, pcode } = data.area;
      const up =
        parent &&
        element(
          'button',
          { type: 'button', class: 'link', onclick: () => onOpen(parent) },
          parentName,
        );
      return element(
        'div',
        { class: 'panel-head' },
        element(
          'div',
          {},
          element('h2', { class: 'panel-title' }, name),
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
          { type: 'button', class: 'close', 'aria-label': strings.close, onclick: onClose },
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
        { class: 'source-link', href: `${urls.sources}#${view.sources[0]?.id || ''}` },
        strings.source,
      );
      const before = view.yearBefore[t];
      const since = (base, template, none) => {
        const by = base == null || base < 0 ? null : reading.difference(view, t, base, i);
        if (view.state.mode === 'change') return null;
        if (by === null) return element('li', {}, none);
        const date = format.date(view.dates[base]);
        const text = by === 0 ? strings.noChange : format.signed(by, view.text.decimals);
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

    function breakdown(table, t) {
      const row = table.values[t];
      const entries = row ? table.labels.map((label, k) => ({ label, value: row[k] })) : [];
      const notes =
        table.kind === 'shelter'
          ? data.shelterNotes.filter(({ until }) => !until || view.dates[t] <= until)
          : [];
      const date = format.date(view.dates[t]);
      return element(
        'section',
        {},
        element('h3', {}, table.title),
        element('p', { class: 'about' }, format.fill(strings.householdsOn, { date })),
        row
          ? bars(entries, {
              strings,
              format,
              inOrder: table.kind === 'period',
              all: opened.has(table.kind),
              onAll: () => {
                opened.add(table.kind);
                step(t);
              },
            })
          : element('p', {}, strings.noBreakdown),
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
              const about = [strings[row.status], row.phase, when].filter(Boolean).join(', ');
              return element('li', {}, `${about}: `, linked(row.source));
            }),
          ),
        ),
      );
      return element(
        'section',
        {},
        element('h3', {}, strings.programmesHere),
        list.length ? list : element('p', {}, strings.noProgrammes),
      );
    }

    /** The trend is Plotly's: a line for each population, drawn once per area. */
    function drawTrend() {
      const key = `${data.area.pcode}:${data.version}`;
      if (drawnTrend === key) return;
      drawnTrend = key;
      const styles = getComputedStyle(document.documentElement);
      const colour = (name) => styles.getPropertyValue(name).trim();
      const graph = trendSlot.querySelector('.js-plotly-plot');
      const traces = data.trend.map(({ population, label, dates, people }) => ({
        type: 'scatter',
        mode: dates.length > 10 ? 'lines' : 'markers',
        name: label,
        x: dates,
        y: people,
        connectgaps: false,
        line: { color: colour(`--trend-${population}`), width: 2 },
        marker: { color: colour(`--trend-${population}`), size: 8 },
        hovertemplate: '%{y:,}',
      }));
      const base = graph.layout;
      const font = { color: colour('--mute'), size: 12, family: 'inherit' };
      const layout = {
        ...base,
        font,
        yaxis: { ...base.yaxis, gridcolor: colour('--line') },
        hoverlabel: { bgcolor: colour('--card'), font: { color: colour('--ink') } },
      };
      window.dash_clientside.set_props(trendId, { figure: { data: traces, layout } });
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

    function step(t) {
      if (!data) return;
      const up =
        data.area.parent &&
        element(
          'button',
          { type: 'button', class: 'link', onclick: () => onOpen(data.area.parent) },
          data.area.parentName,
        );
      top.replaceChildren(
        heading(),
        ...[figures(t)].filter(Boolean),
        element('h3', {}, strings.trend),
      );
      rest.replaceChildren(
        trendSummary(),
        ...data.breakdowns.map((table) => breakdown(table, t)),
        ...(up
          ? [element('p', { class: 'about' }, ...sentence(strings.breakdownsByGovernorate, up))]
          : []),
        present(),
      );
    }

    /** A sentence whose {name} is an element. */
    function sentence(template, child) {
      const [before, after] = template.split('{name}');
      return [before, child, after];
    }

    return {
      async open(next, shown, t) {
        data = next;
        view = shown;
        card.hidden = false;
        step(t);
        drawTrend();
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
        data = null;
        drawnTrend = '';
        card.hidden = true;
      },
    };
  }

  function createProgrammePanel({ card, root, strings, format, country }) {
    const row = (label, text) => [element('dt', {}, label), element('dd', {}, text)];

    function result(entry, nameOf) {
      const where = entry.national
        ? format.fill(strings.allOfCountry, { country })
        : entry.places.map(nameOf).join(', ');
      const when = entry.asOf ? format.fill(strings.asOf, { date: entry.asOf }) : strings.undated;
      const number = Number(entry.value);
      const value = Number.isFinite(number) ? format.number(number) : entry.value;
      return element(
        'li',
        {},
        element('b', {}, value),
        ` ${entry.indicator} – ${where}, ${when}: `,
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
        element('p', {}, description),
        element(
          'dl',
          {},
          row(strings.years, years || strings.yearsUnknown),
          row(strings.funders, funders || strings.none),
          row(strings.peopleServed, people || strings.none),
          row(
            `${strings.governorates} (${governorates.length})`,
            governorates.map(nameOf).join(', ') || strings.none,
          ),
        ),
        element(
          'details',
          {},
          element('summary', {}, `${strings.results} (${results.length})`),
          ...results_,
        ),
        element(
          'details',
          {},
          element('summary', {}, `${strings.sources} (${sources.length})`),
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
