/**
 * The map of the page: the server's drawing, zoomed and moved, and drawn anew where other areas are
 * asked for.
 *
 *   const map = displacement.createExploreMap(stage, { painter, buttons });
 *   map.draw(await fetchedDrawing); map.reset();
 */
(() => {
  'use strict';

  const NEAR = 1.7; // zoom from which cities are named
  const RESTED_MS = 120; // after the last of several steps of a zoom

  const touches = (a, b) =>
    a.right > b.left && a.left < b.right && a.bottom > b.top && a.top < b.bottom;

  function createExploreMap(stage, { painter, buttons }) {
    const drawing = stage.querySelector('.drawing');
    let resting = 0;

    /** Show names where they fit their areas, larger areas first, and none over another. */
    function thinOutNames() {
      const shown = [];
      const named = [...drawing.querySelectorAll('.names text')].map((text) => {
        text.style.display = 'block';
        const area = drawing.querySelector(`path[data-pcode="${text.dataset.name}"]`);
        return { text, area: area.getBoundingClientRect(), box: text.getBoundingClientRect() };
      });
      named.sort((a, b) => b.area.width * b.area.height - a.area.width * a.area.height);
      const slack = drawing.querySelector('.level-2') ? 1.05 : 1.9;
      for (const { text, area, box } of named) {
        const fits = box.width <= area.width * slack && box.height <= area.height * slack;
        const free = fits && !shown.some((other) => touches(box, other));
        if (free) shown.push(box);
        text.style.display = free ? 'block' : 'none';
      }
      return shown;
    }

    /** Cities are left out below names of areas, and named where no other name is. */
    function thinOutCities(names) {
      for (const city of drawing.querySelectorAll('.cities g')) {
        const [point, text] = [city.firstElementChild, city.lastElementChild];
        const free = (box) => !names.some((name) => touches(box, name));
        for (const each of [city, text]) each.style.display = 'block';
        const box = text.getBoundingClientRect();
        const named = stage.hasAttribute('data-near') && free(box);
        if (named) names.push(box);
        else text.style.display = 'none';
        if (!free(point.getBoundingClientRect())) city.style.display = 'none';
      }
    }

    /** What fits at the zoom of the country, the style sheet knows. */
    function arrange(scale) {
      stage.toggleAttribute('data-near', scale >= NEAR);
      if (scale > 1) thinOutCities(thinOutNames());
      else
        for (const each of drawing.querySelectorAll('.names text, .cities :is(g, text)'))
          each.style.display = '';
      dropCutNames();
      painter.fit();
    }

    /** Whether a box of the screen reaches into an area. */
    function coversArea({ left, right, top, bottom }) {
      const areas = [...drawing.querySelectorAll('.areas path')];
      const toDrawing = areas[0].getScreenCTM().inverse();
      const points = [left, (left + right) / 2, right].flatMap((x) =>
        [top, (top + bottom) / 2, bottom].map((y) => new DOMPoint(x, y).matrixTransform(toDrawing)),
      );
      return areas.some((path) => points.some((point) => path.isPointInFill(point)));
    }

    /** Names of countries that the map's edge, its buttons or an area would cut are left out. */
    function dropCutNames() {
      const frame = stage.getBoundingClientRect();
      const covers = buttons.getBoundingClientRect();
      for (const name of drawing.querySelectorAll('.countries text')) {
        const box = name.getBoundingClientRect();
        const whole =
          box.left > frame.left &&
          box.right < frame.right &&
          box.top > frame.top &&
          box.bottom < frame.bottom;
        const free = whole && !touches(box, covers) && !coversArea(box);
        name.style.visibility = free ? '' : 'hidden';
      }
    }

    let scale = 1;
    const zoom = window.displacement.createZoom(stage, {
      buttons,
      loose: true, // there is room around the country
      onZoom(next) {
        scale = next;
        clearTimeout(resting);
        resting = setTimeout(() => arrange(scale), RESTED_MS);
      },
    });
    new ResizeObserver(() => arrange(scale)).observe(stage);

    return {
      /** Put another drawing of the server's, as text, in the place of this one. */
      draw(html) {
        const svg = new DOMParser().parseFromString(html, 'text/html').querySelector('svg');
        drawing.replaceChildren(svg);
        painter.takeOver(svg);
        zoom.adopt();
        arrange(1);
      },
      reset: zoom.reset,
      /** Show some areas in the middle. */
      frame(pcodes) {
        const paths = pcodes.map((each) => drawing.querySelector(`path[data-pcode="${each}"]`));
        if (paths.some(Boolean)) zoom.frame(paths.filter(Boolean));
      },
    };
  }

  window.displacement = window.displacement || {};
  window.displacement.createExploreMap = createExploreMap;
})();
