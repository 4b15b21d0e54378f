/**
 * Flows between governorates as arrows on the map: as geodata/exports/drawing/flow_curves.py draws
 * them, of the same curves and with the same widths; and what is said of them.
 *
 *   const flows = displacement.createFlows(root, { strings, format });
 *   flows.paint(view, t); flows.measure(); flows.tell(view, t);
 *
 * Beside the map stand their legend, `.flow-legend`, and their list, `.flow-list`, which says the
 * same to readers who do not see the arrows. Where the server wrote neither, nothing is drawn.
 */
(() => {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  const [WIDEST, THINNEST] = [26, 2.5];
  const TAIL = [1, 0.15];
  const HEAD = [8, 0.7];
  const BARBS = [2.5, 0.15];
  const UNITS = { h: 'households', p: 'people' };
  const LONG = 80; // units of an arrow of the legend

  const width = (number, most) => Math.max((WIDEST * number) / most, THINNEST);
  const grown = ([least, more], wide) => least + more * wide;

  function direction(dx, dy) {
    const length = Math.hypot(dx, dy) || 1;
    return [dx / length, dy / length];
  }

  /** Path data of an arrow along a curve; `shrink` keeps its size on the screen in a zoomed map. */
  function arrow([x0, y0, xc, yc, x1, y1], wide, shrink = 1) {
    const [sx, sy] = direction(xc - x0, yc - y0);
    const [ex, ey] = direction(x1 - xc, y1 - yc);
    const [mx, my] = direction(x1 - x0, y1 - y0);
    const half = (wide / 2) * shrink;
    const tail = (grown(TAIL, wide) / 2) * shrink;
    const middle = (half + tail) / 2;
    const barb = half + grown(BARBS, wide) * shrink;
    const head = Math.min(grown(HEAD, wide) * shrink, Math.hypot(x1 - xc, y1 - yc) * 0.8);
    const [bx, by] = [x1 - ex * head, y1 - ey * head]; // where the head begins
    const tenths = (number) => Math.round(number * 10) / 10;
    const at = (x, y) => `${tenths(x)} ${tenths(y)}`;
    const points = [
      at(bx - ey * barb, by + ex * barb),
      at(x1, y1),
      at(bx + ey * barb, by - ex * barb),
      at(bx + ey * half, by - ex * half),
    ];
    return (
      `M${at(x0 - sy * tail, y0 + sx * tail)}` +
      `Q${at(xc - my * middle, yc + mx * middle)} ${at(bx - ey * half, by + ex * half)}` +
      `L${points.join(' ')}` +
      `Q${at(xc + my * middle, yc - mx * middle)} ${at(x0 + sy * tail, y0 - sx * tail)}z`
    );
  }

  function svgElement(tag, attributes) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  const html = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

  /** What is said of flows, as geodata/text/flow_labels.py says it. */
  function createFlowText({ strings, format }) {
    const unitOf = (view, t) => UNITS[view.flows?.units[t]];

    /** The flows that are drawn on a date, largest first. */
    function on(view, t) {
      if (!view.flows) return [];
      const { names, curves, largest } = view.flows;
      const [row, most] = [largest[t], view.flows.most[unitOf(view, t)]];
      return Array.from({ length: row.length / 2 }, (_, i) => {
        const pair = row[2 * i];
        const number = row[2 * i + 1];
        return { name: names[pair], curve: curves[pair], number, most };
      });
    }

    function counted(view, t, number) {
      const forms = strings.countedIn[unitOf(view, t)];
      return format.plural(forms, number, { n: format.number(number) });
    }

    /** Each flow of a date in words, and what is drawn of all and what is not. */
    function words(view, t) {
      if (!view.flows) return { items: [], note: '' };
      if (!unitOf(view, t)) return { items: [], note: view.flows.text.none };
      const { between, within, few, incomplete, text } = view.flows;
      const drawn = on(view, t);
      const numbers = { n: format.number(drawn.length), all: format.number(between[t]) };
      const note = [
        between[t] ? format.fill(text.drawn, numbers) : text.nothing,
        within[t] && format.fill(text.within, { value: counted(view, t, within[t]) }),
        few[t] && format.plural(text.few, few[t], { n: format.number(few[t]) }),
        incomplete.includes(t) && text.incomplete,
      ];
      return {
        items: drawn.map(({ name, number }) =>
          format.fill(strings.areaLabel, { name, value: counted(view, t, number) }),
        ),
        note: note.filter(Boolean).join(' '),
      };
    }

    /** What a legend says of the arrows: what they count, and numbers to draw the width of. */
    function legend(view, t) {
      if (!view.flows) return { title: '', meaning: '', samples: [] };
      const unit = unitOf(view, t);
      if (!unit) return { title: view.flows.text.none, meaning: '', samples: [] };
      const most = view.flows.most[unit];
      const samples = view.flows.samples[unit].map((number) => ({ number, most }));
      return { title: view.flows.text.units[unit], meaning: view.flows.text.meaning, samples };
    }

    return { on, words, legend };
  }

  function createFlows(root, { strings, format }) {
    const text = createFlowText({ strings, format });
    let told = ''; // what the legend is of

    /** The layer of arrows; a map without one, as on another slide, has nothing to do with flows. */
    const layerOf = () => root.querySelector('svg.map > .flows');

    /** What the server wrote beside the map, in the nearest place around it. */
    function beside(selector) {
      if (!layerOf()) return null;
      let around = root.parentElement;
      while (around && !around.querySelector(selector)) around = around.parentElement;
      return around?.querySelector(selector);
    }

    const shrink = () => Number(root.style.getPropertyValue('--shrink')) || 1;

    /** Draw the flows of a date, the smallest on top; none where the view has none. */
    function paint(view, t) {
      const layer = layerOf();
      if (!layer) return;
      const drawn = text.on(view, t);
      while (layer.childElementCount > drawn.length) layer.lastChild.remove();
      while (layer.childElementCount < drawn.length) layer.append(svgElement('path', {}));
      drawn.forEach(({ curve, number, most }, i) => {
        layer.children[i].setAttribute('d', arrow(curve, width(number, most), shrink()));
      });
      if (view.flows || told) showLegend(view, t);
    }

    /** Let the legend know how large a unit of the drawing is on the screen. */
    function measure() {
      const unit = layerOf()?.getScreenCTM()?.a * shrink();
      if (unit) beside('.flow-legend')?.style.setProperty('--flow-unit', `${unit}px`);
    }

    function sample({ number, most }) {
      const wide = width(number, most);
      const high = Math.ceil(wide + 2 * grown(BARBS, wide)) + 2;
      const box = `0 0 ${LONG} ${high}`;
      const picture = svgElement('svg', { viewBox: box, 'aria-hidden': 'true' });
      const line = [0, high / 2, LONG / 2, high / 2, LONG, high / 2];
      picture.append(svgElement('path', { d: arrow(line, wide) }));
      const row = document.createElement('li');
      row.append(picture, html('span', format.number(number)));
      return row;
    }

    function showLegend(view, t) {
      const legend = beside('.flow-legend');
      if (!legend) return;
      const { title, meaning, samples } = text.legend(view, t);
      const next = JSON.stringify([title, samples]);
      if (next === told) return;
      told = title && next;
      const rows = document.createElement('ul');
      rows.append(...samples.map(sample));
      legend.replaceChildren(html('b', title), rows, html('p', meaning));
      legend.hidden = !title;
    }

    /** List the flows of a date, which is done when the reader has stopped at it. */
    function tell(view, t) {
      const list = beside('.flow-list');
      if (!list || (!view.flows && list.hidden)) return;
      const { items, note } = text.words(view, t);
      list.querySelector('ol').replaceChildren(...items.map((item) => html('li', item)));
      list.querySelector('p').textContent = note;
      list.hidden = !view.flows;
    }

    // A map of one date alone, whose page has no words for others, stays as it is written.
    return format ? { paint, measure, tell } : { paint() {}, measure, tell() {} };
  }

  window.displacement = window.displacement || {};
  Object.assign(window.displacement, {
    createFlows,
    createFlowText,
    flowArrow: arrow,
    flowWidth: width,
  });
})();
