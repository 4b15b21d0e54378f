/**
 * The map and the timeline in a Dash page of others (layouts/elsewhere.py): the figures come as a
 * property of a component, and nothing else of the map page is there.
 */
(() => {
  'use strict';

  const d = window.displacement;
  const { island, islands } = d;
  const dark = d.followDark('screen and (prefers-color-scheme: dark)');
  const REST_MS = 150;
  let words = null;
  let resting = 0;

  island('Figures', ({ props }) => {
    function take({ view, strings, timeline, writing }) {
      const format = d.createFormat({ writing });
      words = { strings, timeline, format, reading: d.createReading({ strings, format }) };
      islands.show(view, view.state.time ? view.dates.indexOf(view.state.time) : view.newest);
    }
    take(props);
    return { update: take };
  });

  function step(index, settled) {
    islands.step(index);
    clearTimeout(resting);
    if (settled) resting = setTimeout(islands.settle, REST_MS);
  }

  island('Choropleth', ({ root, set }) => {
    const stage = root.querySelector('.stage');
    const tooltip = root.querySelector('.tooltip');
    const painter = d.createPainter(stage, { ...words, tooltip, dark });
    painter.takeOver(stage.querySelector('svg.map'));
    stage.addEventListener('displacement:select', ({ detail }) => {
      islands.select(detail.pcode);
      set({ selected: detail.pcode });
    });
    return {
      mounted: () => d.createExploreMap(stage, { painter, buttons: root.querySelector('.zoom') }),
      show: painter.show,
      paint: (_, t) => painter.step(t),
      settle: painter.settle,
      select: painter.select,
      update: ({ selected }) => islands.select(selected),
    };
  });

  island('Timeline', ({ root, set }) => {
    const timeline = d.createTimeline(root, {
      strings: words.timeline,
      formatDate: words.format.date,
      formatYear: words.format.whole,
      fill: words.format.fill,
      idPrefix: 'timeline',
    });
    root.addEventListener('displacement:time', ({ detail }) => step(detail.index, detail.settled));
    const rest = (view, t) => set({ date: view.dates[t] });
    return {
      show: (view, t) =>
        timeline.update({ ...words.reading.rounds(view), index: t, base: null }),
      settle: rest,
      update({ date }) {
        const index = islands.shown.view.dates.indexOf(date);
        if (index < 0 || index === islands.shown.index) return;
        timeline.setIndex(index);
        step(index, true);
      },
    };
  });
})();
