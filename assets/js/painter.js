/**
 * The painter: colours areas that something else has drawn (Plotly, or an SVG in the page), and is
 * the tooltip, keyboard and selection of the map, so that every map behaves alike.
 *
 *   const painter = displacement.createPainter(root, { reading, strings, tooltip, dark });
 *   painter.adopt(new Map([['IQG01', path], …]), new Map([['IQG01', text], …]));
 *   painter.takeOver(svg); // or all of a map in the page
 *   painter.show(view, t); painter.step(t); painter.settle(); painter.select('IQG15');
 *
 * `dark` is the media query of the dark theme. Events on root: `displacement:select` {pcode},
 * `displacement:hover` {pcode}.
 * A step sets fills and nothing else: names and tooltips follow when the reader stops.
 */
(() => {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  const DIRECTIONS = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  };
  const TEXTURES = {
    n: 'url(#displacement-hatch)',
    s: 'url(#displacement-dots)',
    x: 'url(#displacement-cross)',
  };
  const PLAIN = { z: 'var(--zero)', o: 'var(--outside)' };
  const [NARROW, BROAD] = [1, 2]; // 45° and 63° to either side of an arrow key's direction
  const OFFSET = 14;
  const DRAGGED = 5; // pixels that make a press a drag, and no click

  /** Textures of statuses, once per document; their colours come from the style sheet. */
  function textures() {
    if (document.getElementById('displacement-hatch')) return; // the map came with its own
    const svg = document.createElementNS(SVG, 'svg');
    svg.id = 'displacement-textures';
    svg.setAttribute('aria-hidden', 'true');
    svg.setAttribute('class', 'textures');
    const defs = svg.appendChild(document.createElementNS(SVG, 'defs'));
    const pattern = (id, size, angle, shapes) => {
      const element = defs.appendChild(document.createElementNS(SVG, 'pattern'));
      const attributes = { id, width: size, height: size, patternUnits: 'userSpaceOnUse' };
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      if (angle) element.setAttribute('patternTransform', `rotate(${angle})`);
      for (const [kind, given] of shapes) {
        const shape = element.appendChild(document.createElementNS(SVG, kind));
        for (const [name, value] of Object.entries(given)) shape.setAttribute(name, value);
      }
    };
    const ground = (size) => ['rect', { width: size, height: size, class: 'texture-ground' }];
    const line = (width, height) => ['rect', { width, height, class: 'texture-mark' }];
    pattern('displacement-hatch', 6, 45, [ground(6), line(2, 6)]);
    pattern('displacement-dots', 6, 0, [
      ground(6),
      ['circle', { cx: 3, cy: 3, r: 1.3, class: 'texture-mark' }],
    ]);
    pattern('displacement-cross', 8, 45, [ground(8), line(1.4, 8), line(8, 1.4)]);
    document.body.append(svg);
  }

  /** Put a tooltip beside a point of the window, within the frame that holds it. */
  function placeTooltip(tooltip, frame, x, y) {
    const { offsetWidth: width, offsetHeight: height } = tooltip;
    const beside = x - frame.left + OFFSET;
    const left = beside + width > frame.width ? beside - 2 * OFFSET - width : beside;
    const top = Math.min(Math.max(y - frame.top - height / 2, 4), frame.height - height - 4);
    tooltip.style.transform = `translate(${Math.max(4, left)}px, ${top}px)`;
  }

  function createPainter(root, { reading, strings, tooltip, dark }) {
    textures();
    let view = null;
    let now = 0;
    let paths = new Map();
    let labels = new Map();
    let cells = []; // one per area of the view: its path, its label, what was painted last
    let selected = '';
    let pointed = '';
    let entry = '';
    let ring = null;
    let pressed = [0, 0];

    const emit = (name, pcode) =>
      root.dispatchEvent(
        new CustomEvent(`displacement:${name}`, { bubbles: true, detail: { pcode } }),
      );
    const indexOf = (pcode) => cells.findIndex((cell) => cell.pcode === pcode);
    const pcodeOf = (target) => target.closest?.('[data-pcode]')?.dataset.pcode || '';

    function colours() {
      return dark.matches
        ? { fills: view.scale.colorsDark, inks: view.scale.inksDark }
        : { fills: view.scale.colors, inks: view.scale.inks };
    }

    function bind() {
      cells = view.areas.map(({ pcode }) => ({
        pcode,
        path: paths.get(pcode),
        label: labels.get(pcode),
        fill: null,
        ink: null,
      }));
    }

    function step(t) {
      now = t;
      const { fills, inks } = colours();
      const classes = view.classes[t];
      const status = view.status[t];
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i];
        if (!cell.path) continue;
        const letter = status[i];
        const k = classes[i];
        const fill = k >= 0 ? fills[k] : TEXTURES[letter] || PLAIN[letter];
        if (cell.fill !== fill) {
          cell.fill = fill;
          cell.path.style.fill = fill;
        }
        const ink = k >= 0 ? inks[k] : 'n';
        if (cell.label && cell.ink !== ink) {
          cell.ink = ink;
          cell.label.dataset.ink = ink;
        }
      }
      if (pointed) fillTooltip(pointed);
    }

    function settle() {
      cells.forEach((cell, i) => {
        if (cell.path) cell.path.setAttribute('aria-label', reading.cell(view, now, i).sentence);
      });
    }

    function show(next, t) {
      view = next;
      bind();
      if (!cells.some((cell) => cell.pcode === entry)) entry = '';
      rove(entry || selected || cells[0]?.pcode);
      step(t);
      settle();
      drawRing();
    }

    /** Take charge of areas that were drawn; called again whenever they are drawn anew. */
    function adopt(areas, names) {
      paths = areas;
      labels = names;
      for (const [pcode, path] of paths) {
        path.dataset.pcode = pcode;
        path.replaceChildren(); // a title is for readers without scripts
        path.setAttribute('role', 'button');
        path.setAttribute('tabindex', '-1');
        path.setAttribute('aria-pressed', String(pcode === selected));
      }
      if (view) show(view, now);
    }

    /** Take charge of a map that the server drew: its areas and names say which they are. */
    function takeOver(svg) {
      svg.removeAttribute('role'); // an image, for readers without scripts
      svg.removeAttribute('aria-label');
      const named = (selector, key) =>
        new Map([...svg.querySelectorAll(selector)].map((node) => [node.dataset[key], node]));
      adopt(named('[data-pcode]', 'pcode'), named('[data-name]', 'name'));
    }

    /** One area at a time is in the tab order; the arrows move it. */
    function rove(pcode) {
      for (const cell of cells) {
        cell.path?.setAttribute('tabindex', cell.pcode === pcode ? '0' : '-1');
      }
      entry = pcode || '';
    }

    /** An outline above all areas, so that no neighbour covers a part of it. */
    function drawRing() {
      const pcode = pointed || selected;
      const path = paths.get(pcode);
      if (!path) {
        ring?.remove();
        ring = null;
        return;
      }
      ring ??= document.createElementNS(SVG, 'path');
      ring.setAttribute('class', 'area-ring');
      ring.setAttribute('aria-hidden', 'true');
      ring.setAttribute('d', path.getAttribute('d'));
      ring.dataset.selected = String(pcode === selected);
      if (!ring.isConnected) overlay().append(ring);
    }

    /** Where the outline is drawn: above the map, outside of what Plotly takes for its own. */
    function overlay() {
      let svg = root.querySelector(':scope > .area-overlay');
      if (!svg) {
        svg = document.createElementNS(SVG, 'svg');
        svg.setAttribute('class', 'area-overlay');
        svg.setAttribute('aria-hidden', 'true');
        const drawn = paths.values().next().value.ownerSVGElement;
        if (drawn.hasAttribute('viewBox'))
          svg.setAttribute('viewBox', drawn.getAttribute('viewBox'));
        root.append(svg);
      }
      return svg;
    }

    function point(pcode) {
      if (pcode === pointed) return;
      pointed = pcode;
      drawRing();
      if (pcode) fillTooltip(pcode);
      if (tooltip) tooltip.dataset.shown = String(Boolean(pcode));
      emit('hover', pcode);
    }

    function fillTooltip(pcode) {
      const i = indexOf(pcode);
      if (!tooltip || i < 0) return;
      const cell = reading.cell(view, now, i);
      const lines = [
        ['strong', cell.parent ? `${cell.name}, ${cell.parent}` : cell.name],
        ['span', cell.shown ? cell.value : ''],
        ['span', cell.shown ? cell.unit : cell.value],
        ['small', [cell.rank, cell.change].filter(Boolean).join(' · ')],
      ];
      tooltip.replaceChildren(
        ...lines
          .filter(([, text]) => text)
          .map(([kind, text]) => {
            const line = document.createElement(kind);
            line.textContent = text;
            return line;
          }),
      );
    }

    function placeBeside(x, y) {
      if (tooltip) placeTooltip(tooltip, root.getBoundingClientRect(), x, y);
    }

    function select(pcode) {
      for (const cell of cells) {
        cell.path?.setAttribute('aria-pressed', String(cell.pcode === pcode));
      }
      selected = pcode;
      drawRing();
    }

    function centre(path) {
      const box = path.getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2];
    }

    /** The nearest area within a cone about a direction; `spread` is the cone's tangent. */
    function nearest(pcode, [dx, dy], spread) {
      const [x, y] = centre(paths.get(pcode));
      let best = '';
      let least = Number.POSITIVE_INFINITY;
      for (const cell of cells) {
        if (!cell.path || cell.pcode === pcode) continue;
        const [cx, cy] = centre(cell.path);
        const along = (cx - x) * dx + (cy - y) * dy;
        const across = Math.abs((cx - x) * dy) + Math.abs((cy - y) * dx);
        if (along <= 1 || across > along * spread) continue;
        const cost = along + 2 * across;
        if (cost < least) [best, least] = [cell.pcode, cost];
      }
      return best;
    }

    const neighbour = (pcode, direction) =>
      nearest(pcode, direction, NARROW) || nearest(pcode, direction, BROAD);

    root.addEventListener('pointermove', (event) => {
      if (event.pointerType === 'touch') return;
      point(pcodeOf(event.target));
      placeBeside(event.clientX, event.clientY);
    });
    root.addEventListener('pointerleave', () => point(''));
    root.addEventListener('pointerdown', ({ clientX, clientY }) => {
      pressed = [clientX, clientY];
    });
    root.addEventListener('click', (event) => {
      if (Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) > DRAGGED) return;
      const pcode = pcodeOf(event.target);
      if (event.pointerType === 'touch') {
        point(pcode); // a finger does not hover
        placeBeside(event.clientX, event.clientY);
      }
      if (pcode) emit('select', pcode === selected ? '' : pcode);
    });
    root.addEventListener('focusin', (event) => {
      const pcode = pcodeOf(event.target);
      if (!pcode || !event.target.matches(':focus-visible')) return;
      rove(pcode);
      point(pcode);
      placeBeside(...centre(paths.get(pcode)));
    });
    root.addEventListener('focusout', () => point(''));
    root.addEventListener('keydown', (event) => {
      const pcode = pcodeOf(event.target);
      if (!pcode) return;
      if (event.key in DIRECTIONS) {
        event.preventDefault();
        const next = neighbour(pcode, DIRECTIONS[event.key]);
        if (next) paths.get(next).focus();
      } else if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        emit('select', pcode === selected ? '' : pcode);
      } else if (event.key === 'Escape' && selected) {
        emit('select', '');
      }
    });
    dark.addEventListener('change', () => {
      for (const cell of cells) cell.fill = null;
      if (view) step(now);
    });
    root.setAttribute('role', 'group');
    root.setAttribute('aria-label', strings.mapLabel);

    return {
      adopt,
      takeOver,
      show,
      step,
      settle,
      select,
      point,
      drawRing,
      focus: () => paths.get(entry)?.focus(),
    };
  }

  window.displacement = window.displacement || {};
  Object.assign(window.displacement, { createPainter, placeTooltip });
})();
