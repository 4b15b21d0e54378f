/**
 * What stands around the map and follows the date: legend, key figures, ranking. Each is made once
 * per view (`show`) and follows the date (`step`) by changing texts, widths and order only. What
 * they say is of `panel-text.js`.
 */
(() => {
  'use strict';

  const { element, keepFocus } = window.displacement;

  /** Classes and statuses, each with its number of areas. */
  function createLegend(root, { text, dark }) {
    let rows = [];
    return {
      show(view) {
        const colours = dark.matches ? view.scale.colorsDark : view.scale.colors;
        rows = text.legend(view).map(({ kind, label, at }) => {
          const count = element('small', { 'aria-hidden': 'true' });
          const said = element('span', { class: 'visually-hidden' });
          const ofClass = at < colours.length;
          const swatch = element('i', {
            class: ofClass ? 'swatch' : kind.length > 1 ? kind : `status-${kind}`,
            style: ofClass && `background:${colours[at]}`,
          });
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
          root.querySelector('.flow-legend'), // which the painter of the map writes
        );
      },
      step(view, t) {
        for (const { at, count, said, row } of rows) {
          const written = text.legendCount(view, t, at);
          count.textContent = written.count;
          said.textContent = written.said;
          row.dataset.empty = String(!written.count);
        }
      },
    };
  }

  /** Four figures of the whole: total, change, concentration, what is not known. */
  function createKeyFigures(root, { strings, text, urls }) {
    const figures = [0, 1, 2, 3].map(() => ({
      number: element('p', { class: 'big' }),
      label: element('p', { class: 'about' }),
    }));
    const source = element('a', { class: 'source-link' }, strings.source);
    root.append(
      element(
        'div',
        { class: 'key-figures' },
        figures.map(({ number, label }) => element('div', {}, number, label)),
      ),
      element('p', { class: 'source-row' }, source),
    );

    return {
      show() {},
      step(view, t) {
        source.href = `${urls.sources}#${view.sources[view.sourceOn[t]]?.id || ''}`;
        text.keyFigures(view, t).forEach(({ number, label, exact }, n) => {
          figures[n].number.textContent = number;
          figures[n].number.title = exact;
          figures[n].label.textContent = label;
        });
      },
    };
  }

  /** All areas, largest first, with a bar each; those without a figure last, with the reason. */
  function createRanking(root, { text, onSelect, onHover }) {
    let made = [];
    let rows = []; // those of areas that are ever in the programmes' reach
    let selected = '';

    function makeRow(area) {
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
      return { pcode: area.pcode, bar, value, button, item: element('li', {}, button) };
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
      show(view) {
        made = view.areas.map(makeRow);
        rows = made.filter((_, i) => view.status.some((letters) => letters[i] !== 'o'));
        root.replaceChildren(...rows.map(({ item }) => item));
        this.select(selected);
      },
      step(view, t) {
        const ordered = text.ranking(view, t).map((each) => ({ ...each, row: made[each.i] }));
        for (const { row, value, status, bar, fewer } of ordered) {
          row.value.textContent = value;
          row.value.dataset.status = status;
          row.bar.style.inlineSize = `${bar}%`;
          row.bar.dataset.fewer = String(fewer);
        }
        keepFocus(root, () =>
          ordered.forEach(({ row: { item } }, at) => {
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

  Object.assign(window.displacement, {
    createLegend,
    createKeyFigures,
    createRanking,
  });
})();
