/**
 * Comparing: links maps that the server drew. What is pointed at in one is outlined in all, with a
 * line for each in the tooltip; zoom and drag move all of them; the address stays short.
 *
 * Every word comes with the page.
 */
(() => {
  'use strict';

  const { createPainter, createZoom, followDark, placeTooltip } = window.displacement;
  const find = (selector) => document.querySelector(selector);
  const data = JSON.parse(find('.comparison').textContent);
  const sides = find('.sides');
  const stages = [...sides.querySelectorAll('.stage')];
  const tooltip = sides.querySelector('.tooltip');
  const picked = find('.picked');
  const dark = followDark(data.dark);
  const areas = new Map(data.areas.map((area) => [area.pcode, area]));

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

  createZoom(sides, {
    buttons: sides.querySelector('.zoom'),
    onZoom: () => painters.forEach((painter) => painter.fit()),
  });

  // What a pointer has brought up can be put away without moving the pointer.
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') tooltip.dataset.shown = 'false';
  });

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
