/**
 * Zoom and pan of maps that the server drew: every map of a place shows the same part of the
 * country.
 *
 *   const zoom = displacement.createZoom(place, { buttons, loose, onZoom });
 *   zoom.adopt(); zoom.frame(paths); zoom.reset();
 *
 * Buttons, the keys + − 0, the wheel with Ctrl, and two fingers; one finger scrolls the page. The
 * part that is seen is the `viewBox`; `--shrink` lets the style sheet keep lines and letters of one
 * size on the screen.
 */
(() => {
  'use strict';

  const MOST = 24; // a district of Baghdad then fills a phone
  const STEP = 1.6;
  const AROUND = 3; // of a frame around areas: three times as wide as they are
  const DRAGGED = 5; // pixels that make a press a drag, as in painter.js
  const WHEEL = 0.01; // of a doubling, for a pixel: what a trackpad sends for two fingers is small
  const LINE = 20; // pixels of a line, where a wheel counts in lines

  function createZoom(place, { buttons, loose = false, onZoom = () => {} }) {
    let maps = [];
    let whole = null;
    let box = null;

    const scale = () => whole[2] / box[2];

    function write() {
      const written = box.map((side) => side.toFixed(2)).join(' ');
      for (const svg of maps) svg.setAttribute('viewBox', written);
      place.style.setProperty('--shrink', (1 / scale()).toFixed(4));
      place.toggleAttribute('data-close', scale() > 1);
      place.toggleAttribute('data-moved', String(box) !== String(whole));
      onZoom(scale());
    }

    /** Show a part of the country, or where the map is loose, one whose middle lies in it. */
    function move([x, y, width, height]) {
      const [beyondX, beyondY] = loose ? [width / 2, height / 2] : [0, 0];
      const within = (at, from, to) => Math.min(Math.max(at, from), to);
      box = [
        within(x, whole[0] - beyondX, whole[0] + whole[2] - width + beyondX),
        within(y, whole[1] - beyondY, whole[1] + whole[3] - height + beyondY),
        width,
        height,
      ];
      write();
    }

    /** Zoom by a factor; the point of the drawing that is given stays where it is. */
    function by(factor, [atX, atY] = [box[0] + box[2] / 2, box[1] + box[3] / 2]) {
      const wanted = Math.min(Math.max(scale() * factor, 1), MOST);
      const [width, height] = [whole[2] / wanted, whole[3] / wanted];
      const part = width / box[2];
      move([atX - (atX - box[0]) * part, atY - (atY - box[1]) * part, width, height]);
    }

    const reset = () => move(whole);

    /** Bring an area that a key has led to into sight, where the map was moved away from it. */
    function reveal(path) {
      const { x, y, width, height } = path.getBBox();
      const [middleX, middleY] = [x + width / 2, y + height / 2];
      const [left, top, w, h] = box;
      if (middleX > left && middleX < left + w && middleY > top && middleY < top + h) return;
      move([middleX - w / 2, middleY - h / 2, w, h]);
    }

    /** Show some areas in the middle, with as much again around them. */
    function frame(paths) {
      const boxes = paths.map((path) => path.getBBox());
      const left = Math.min(...boxes.map(({ x }) => x));
      const top = Math.min(...boxes.map(({ y }) => y));
      const width = Math.max(...boxes.map((each) => each.x + each.width)) - left;
      const height = Math.max(...boxes.map((each) => each.y + each.height)) - top;
      const fitting = Math.min(whole[2] / width, whole[3] / height) / AROUND;
      const wanted = Math.min(Math.max(fitting, 1), MOST / 2);
      const [w, h] = [whole[2] / wanted, whole[3] / wanted];
      move([left + (width - w) / 2, top + (height - h) / 2, w, h]);
    }

    const mapAt = (target) => maps.find((svg) => svg.parentElement.contains(target)) || maps[0];

    /** Units of the drawing for a pixel; the drawing fits its element and is centred. */
    function unit(svg) {
      const { width, height } = svg.getBoundingClientRect();
      return Math.max(box[2] / width, box[3] / height);
    }

    /** The point of the drawing that is seen at a point of the window. */
    function pointAt(svg, clientX, clientY) {
      const { left, top, width, height } = svg.getBoundingClientRect();
      const per = unit(svg);
      return [
        box[0] + box[2] / 2 + (clientX - left - width / 2) * per,
        box[1] + box[3] / 2 + (clientY - top - height / 2) * per,
      ];
    }

    // ---- a mouse or a pen drags, the wheel zooms

    place.addEventListener('pointerdown', (down) => {
      if (down.button || down.pointerType === 'touch' || (scale() <= 1 && !loose)) return;
      if (down.target.closest('button, a')) return;
      const [x, y, width, height] = box;
      const per = unit(mapAt(down.target));
      const done = new AbortController();
      const { signal } = done;
      const end = () => done.abort();
      const drag = ({ clientX, clientY }) => {
        const [dx, dy] = [clientX - down.clientX, clientY - down.clientY];
        if (Math.hypot(dx, dy) > DRAGGED) move([x - dx * per, y - dy * per, width, height]);
      };
      document.addEventListener('pointermove', drag, { signal });
      document.addEventListener('pointerup', end, { signal });
      document.addEventListener('pointercancel', end, { signal });
    });

    place.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return; // the page scrolls past the map
        event.preventDefault();
        const pixels = event.deltaY * (event.deltaMode ? LINE : 1);
        const factor = Math.min(Math.max(2 ** (-pixels * WHEEL), 1 / STEP), STEP);
        by(factor, pointAt(mapAt(event.target), event.clientX, event.clientY));
      },
      { passive: false },
    );

    // ---- two fingers zoom and move, one scrolls the page

    let pinch = null; // distance of two fingers in pixels, and the point between them

    function between([a, b]) {
      return {
        apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
        x: (a.clientX + b.clientX) / 2,
        y: (a.clientY + b.clientY) / 2,
      };
    }

    function follow(event) {
      if (event.touches.length !== 2) return;
      event.preventDefault();
      const next = between(event.touches);
      const svg = mapAt(event.target);
      if (event.type === 'touchmove' && pinch) {
        by(next.apart / pinch.apart, pointAt(svg, pinch.x, pinch.y));
        const per = unit(svg);
        const [x, y, width, height] = box;
        move([x - (next.x - pinch.x) * per, y - (next.y - pinch.y) * per, width, height]);
      }
      pinch = next;
    }

    for (const type of ['touchstart', 'touchmove'])
      place.addEventListener(type, follow, { passive: false });
    for (const type of ['touchend', 'touchcancel'])
      place.addEventListener(type, () => {
        pinch = null;
      });

    // ---- buttons and keys

    buttons.hidden = false;
    buttons.addEventListener('click', ({ target }) => {
      const to = target.closest('button')?.dataset.zoom;
      if (to === 'whole') reset();
      else if (to) by(to === 'in' ? STEP : 1 / STEP);
    });

    place.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !event.target.dataset.pcode) return;
      if (event.key === '+' || event.key === '=') by(STEP);
      else if (event.key === '-') by(1 / STEP);
      else if (event.key === '0') reset();
    });

    place.addEventListener('displacement:reach', ({ target, detail }) => {
      reveal(target.querySelector(`path[data-pcode="${detail.pcode}"]`));
    });

    /** Take charge of the maps that are in the place now, whole. */
    function adopt() {
      maps = [...place.querySelectorAll('svg.map')];
      whole = maps[0].getAttribute('viewBox').split(' ').map(Number);
      reset();
    }

    adopt();
    return { adopt, frame, reset };
  }

  window.displacement = window.displacement || {};
  window.displacement.createZoom = createZoom;
})();
