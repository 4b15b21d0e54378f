/**
 * Comparing: links maps that the server drew. What is pointed at in one is outlined in all, with a
 * line for each in the tooltip; zoom and drag move all of them; the address stays short.
 *
 * Every word comes with the page.
 */
(() => {
  'use strict';

  const { createPainter, followDark, placeTooltip } = window.displacement;
  const find = (selector) => document.querySelector(selector);
  const data = JSON.parse(find('.comparison').textContent);
  const sides = find('.sides');
  const stages = [...sides.querySelectorAll('.stage')];
  const tooltip = sides.querySelector('.tooltip');
  const picked = find('.picked');
  const dark = followDark(data.dark);
  const areas = new Map(data.areas.map((area) => [area.pcode, area]));
  const MOST_ZOOM = 12;
  const ZOOM_STEP = 1.5;
  const DRAGGED = 5; // pixels that make a press a drag, as in painter.js

  // ---- pointing ---------------------------------------------------------------------------

  const painters = stages.map((stage, n) => {
    const { heading, said, ...map } = data.maps[n];
    const reading = {
      cell: (_view, _t, i) => ({ sentence: data.areas[i].sentences[n] }),
      summary: () => said,
    };
    const strings = { mapLabel: heading, mapKeys: data.keys };
    const painter = createPainter(stage, { reading, strings, dark });
    painter.takeOver(stage.querySelector('svg'));
    painter.show({ ...map, areas: data.areas, classes: [map.classes], status: [map.status] }, 0);
    painter.select(data.area);
    return painter;
  });

  function line(tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  }

  function fillTooltip(pcode) {
    const area = areas.get(pcode);
    tooltip.dataset.shown = String(Boolean(area));
    if (!area) return;
    const lines = data.maps.map(({ heading }, n) => {
      const row = document.createElement('span');
      row.append(line('small', heading), line('b', area.values[n]));
      return row;
    });
    tooltip.replaceChildren(line('strong', area.name), ...lines);
  }

  const placeBeside = (x, y) => placeTooltip(tooltip, sides.getBoundingClientRect(), x, y);

  function pick(pcode) {
    for (const painter of painters) painter.select(pcode);
    const area = areas.get(pcode);
    picked.hidden = !area;
    picked.textContent = area ? area.sentences.at(-1) : '';
    const address = new URL(window.location.href);
    if (area) address.searchParams.set('area', pcode);
    else address.searchParams.delete('area');
    history.replaceState(null, '', address.href.replaceAll('%7E', '~'));
  }

  sides.addEventListener('displacement:hover', ({ target, detail: { pcode } }) => {
    painters.forEach((painter, n) => {
      if (stages[n] !== target) painter.point(pcode);
    });
    fillTooltip(pcode);
    hold();
  });
  sides.addEventListener('displacement:select', ({ detail }) => pick(detail.pcode));
  for (const stage of stages) {
    const follow = ({ clientX, clientY }) => placeBeside(clientX, clientY);
    stage.addEventListener('pointermove', follow);
    stage.addEventListener('click', follow); // a finger does not hover
    stage.addEventListener('focusin', ({ target }) => {
      const box = target.getBoundingClientRect();
      placeBeside(box.left + box.width / 2, box.top + box.height / 2);
    });
  }

  // ---- zooming ----------------------------------------------------------------------------

  const whole = stages[0].querySelector('svg').getAttribute('viewBox').split(' ').map(Number);
  let box = [...whole];

  /** Show the same part of the country in every map, and of the outlines above them. */
  function hold() {
    const written = box.map((side) => side.toFixed(2)).join(' ');
    for (const svg of sides.querySelectorAll('.stage > svg')) svg.setAttribute('viewBox', written);
    // Names and lines keep their size on the screen.
    sides.style.setProperty('--shrink', (box[2] / whole[2]).toFixed(4));
    sides.toggleAttribute('data-close', box[2] < whole[2]);
  }

  function move([x, y, width, height]) {
    const within = (at, from, size, part) => Math.min(Math.max(at, from), from + size - part);
    box = [
      within(x, whole[0], whole[2], width),
      within(y, whole[1], whole[3], height),
      width,
      height,
    ];
    hold();
  }

  function zoom(by) {
    const [x, y, width, height] = box;
    const scale = Math.min(Math.max((whole[2] / width) * by, 1), MOST_ZOOM);
    const [w, h] = [whole[2] / scale, whole[3] / scale];
    move([x + (width - w) / 2, y + (height - h) / 2, w, h]);
  }

  const reset = () => move(whole);

  /** Bring an area that a key has led to into sight, where the maps were moved away from it. */
  function reveal(path) {
    const { x, y, width, height } = path.getBBox();
    const [cx, cy] = [x + width / 2, y + height / 2];
    const [left, top, w, h] = box;
    if (cx > left && cx < left + w && cy > top && cy < top + h) return;
    move([cx - w / 2, cy - h / 2, w, h]);
  }

  sides.addEventListener('displacement:reach', ({ target, detail }) => {
    reveal(target.querySelector(`[data-pcode="${detail.pcode}"]`));
  });
  // What a pointer has brought up can be put away without moving the pointer.
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') tooltip.dataset.shown = 'false';
  });

  const buttons = sides.querySelector('.zoom');
  buttons.hidden = false;
  buttons.addEventListener('click', ({ target }) => {
    const by = Number(target.closest('button')?.dataset.by ?? Number.NaN);
    if (by > 0) zoom(by);
    else if (by === 0) reset();
  });

  sides.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.dataset.pcode) return;
    if (event.key === '+' || event.key === '=') zoom(ZOOM_STEP);
    else if (event.key === '-') zoom(1 / ZOOM_STEP);
    else if (event.key === '0') reset();
  });

  /** Units of the drawing for a pixel of a stage; the drawing fits the stage and is centred. */
  function unit(stage) {
    const { width, height } = stage.getBoundingClientRect();
    return Math.max(box[2] / width, box[3] / height);
  }

  for (const stage of stages) {
    stage.addEventListener('pointerdown', (down) => {
      if (down.button || box[2] >= whole[2]) return;
      const [x, y, width, height] = box;
      const per = unit(stage);
      const moved = (event) => {
        const [dx, dy] = [event.clientX - down.clientX, event.clientY - down.clientY];
        if (Math.hypot(dx, dy) > DRAGGED) move([x - dx * per, y - dy * per, width, height]);
      };
      const done = new AbortController();
      const end = () => done.abort();
      document.addEventListener('pointermove', moved, { signal: done.signal });
      document.addEventListener('pointerup', end, { signal: done.signal });
      document.addEventListener('pointercancel', end, { signal: done.signal });
    });
  }

  // ---- the form ---------------------------------------------------------------------------

  /** What is a default is left out, so that the address can be read. */
  find('.compare-form').addEventListener('formdata', ({ target, formData }) => {
    for (const select of target.querySelectorAll('select')) {
      if (select.value === select.dataset.default) formData.delete(select.name);
    }
    if (formData.get('with')) formData.delete('base');
  });

  // A page that is come back to shows what it did; so does its form, whatever was chosen in it since.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) find('.compare-form').reset();
  });

  document.documentElement.dataset.live = 'true';
})();
