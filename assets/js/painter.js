/**
 * The painter: colours areas that something else has drawn (Plotly, or an SVG in the page), and is
 * the tooltip, keyboard and selection of the map, so that every map behaves alike.
 *
 *   const painter = displacement.createPainter(root, { reading, strings, tooltip, dark });
 *   painter.adopt(new Map([['IQG01', path], …]), new Map([['IQG01', text], …]));
 *   painter.takeOver(svg); // or all of a map in the page
 *   painter.show(view, t); painter.step(t); painter.settle(); painter.select('IQG15');
 *   painter.fit(); // the map is of another size, or zoomed
 *
 * strings   mapLabel, the map's name; mapKeys, what its keys do
 * dark      whether what is seen is dark: what `followDark` returns
 * still     whether areas are only read, and none can be chosen
 *
 * Events on root: `displacement:select` {pcode, byKey}, `displacement:hover` {pcode}, and
 * `displacement:reach` {pcode} where a key has led to an area, which may be out of sight.
 * A step sets fills and nothing else: names and tooltips follow when the reader stops.
 *
 * One area at a time is in the tab order. The arrow keys lead to the neighbour that the server
 * named (`near`, on the map and not in reading order, which a map does not have); Home, End and the
 * page keys walk through the ranking, so that every area can be reached whatever lies between.
 */
(() => {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  const ARROWS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']; // the order of `near`
  const TEXTURES = {
    n: 'url(#displacement-hatch)',
    s: 'url(#displacement-dots)',
    x: 'url(#displacement-cross)',
    o: 'url(#displacement-lines)',
    p: 'url(#displacement-bars)',
  };
  const ZERO = 'var(--zero)';
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
    const ground = (size, name = 'texture-ground') => [
      'rect',
      { width: size, height: size, class: name },
    ];
    const line = (width, height) => ['rect', { width, height, class: 'texture-mark' }];
    pattern('displacement-hatch', 6, 45, [ground(6), line(2, 6)]);
    pattern('displacement-dots', 6, 0, [
      ground(6),
      ['circle', { cx: 3, cy: 3, r: 1.3, class: 'texture-mark' }],
    ]);
    pattern('displacement-cross', 8, 45, [ground(8), line(1.4, 8), line(8, 1.4)]);
    pattern('displacement-lines', 6, 0, [ground(6, 'texture-outside'), line(6, 1)]);
    pattern('displacement-bars', 6, 0, [ground(6), line(2, 6)]);
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

  /**
   * Whether what is seen is in dark colours, which follows a media query but on paper: `matches`,
   * and an event `change`. What scripts have coloured is to be coloured anew before it is printed.
   */
  function followDark(query) {
    const screen = window.matchMedia(query);
    const dark = new EventTarget();
    dark.matches = screen.matches;
    const turn = (matches) => {
      dark.matches = matches;
      dark.dispatchEvent(new Event('change'));
    };
    screen.addEventListener('change', () => turn(screen.matches));
    window.addEventListener('beforeprint', () => turn(false));
    window.addEventListener('afterprint', () => turn(screen.matches));
    return dark;
  }

  function svgElement(name, attributes) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  let described = 0; // maps on this page, each with a description of its own

  function createPainter(root, { reading, format, strings, tooltip, dark, still = false }) {
    textures();
    let view = null;
    let now = 0;
    let paths = new Map();
    let labels = new Map();
    let cells = []; // one per area of the view: its path, its label, what was painted last
    let selected = '';
    let pointed = '';
    let entry = '';
    const description = document.createElement('p');
    let pressed = [0, 0];
    let flows = null;

    const emit = (name, detail) =>
      root.dispatchEvent(new CustomEvent(`displacement:${name}`, { bubbles: true, detail }));
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
        work: null,
        line: null,
      }));
    }

    /** Lines inside the borders of areas where programmes ever worked, in the place of others. */
    function drawWorks() {
      if (!paths.size || view.work === undefined) return; // of one date, as the server drew it
      const svg = paths.values().next().value.ownerSVGElement;
      svg.querySelector(':scope > .works')?.remove();
      if (!view.work) return;
      const names = `works works-${view.state.level}`;
      const group = svgElement('g', { class: names, 'aria-hidden': 'true' });
      cells.forEach((cell, i) => {
        const d = cell.path?.getAttribute('d');
        if (!d || view.work[0][i] === '-') return;
        const id = `work-${description.id}-${cell.pcode}`;
        const clip = svgElement('clipPath', { id });
        clip.append(svgElement('path', { d }));
        cell.line = svgElement('g', { 'clip-path': `url(#${id})` });
        cell.line.append(clip, svgElement('path', { d }), svgElement('path', { d, class: 'line' }));
        group.append(cell.line);
      });
      svg.insertBefore(group, svg.querySelector(':scope > :is(.flows, .cities, .names)'));
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
        const fill = k >= 0 ? fills[k] : TEXTURES[letter] || ZERO;
        if (cell.fill !== fill) {
          cell.fill = fill;
          cell.path.style.fill = fill;
        }
        const work = cell.line && view.work[t][i];
        if (cell.work !== work) {
          cell.work = work;
          cell.line.setAttribute('class', `work-${work}`);
        }
        const ink = k >= 0 ? inks[k] : 'n';
        if (cell.label && cell.ink !== ink) {
          cell.ink = ink;
          cell.label.dataset.ink = ink;
        }
      }
      if (pointed) fillTooltip(pointed);
      if (paths.size) flows?.paint(view, now);
    }

    /** What draws arrows is fetched when there are any; until then they are as they were written. */
    function bringFlows() {
      const { createFlows, fetchUsed } = window.displacement;
      if (createFlows) flows ??= createFlows(root, { strings, format });
      else if (view.flows) fetchUsed?.().then(drawFlows, () => {});
    }

    function drawFlows() {
      bringFlows();
      fit();
      flows?.tell(view, now);
    }

    /** Draw arrows anew, which follow the size of the map and its zoom. */
    function fit() {
      if (!flows || !view || !paths.size) return;
      flows.paint(view, now);
      flows.measure();
    }

    function settle() {
      flows?.tell(view, now);
      cells.forEach((cell, i) => {
        if (cell.path) cell.path.setAttribute('aria-label', reading.cell(view, now, i).sentence);
      });
      const listed = view.flows?.text.listed;
      description.textContent = [reading.summary(view, now), listed, strings.mapKeys]
        .filter(Boolean)
        .join(' ');
    }

    function show(next, t) {
      view = next;
      bringFlows();
      bind();
      drawWorks();
      if (!cells.some((cell) => cell.pcode === entry)) entry = '';
      rove(entry || selected || cells[0]?.pcode);
      step(t);
      settle();
      fit();
      drawRings();
      if (focused()) placeBeside(...centre(paths.get(focused()))); // it may have been moved
    }

    /** Take charge of areas that were drawn; called again whenever they are drawn anew. */
    function adopt(areas, names) {
      paths = areas;
      labels = names;
      for (const [pcode, path] of paths) {
        path.ownerSVGElement.setAttribute('role', 'none'); // the group is the map, of areas only
        path.dataset.pcode = pcode;
        path.replaceChildren(); // a title is for readers without scripts
        path.setAttribute('role', still ? 'img' : 'button');
        path.setAttribute('tabindex', '-1');
        if (!still) path.setAttribute('aria-pressed', String(pcode === selected));
      }
      if (view) show(view, now);
    }

    /** Take charge of a map that the server drew: its areas and names say which they are. */
    function takeOver(svg) {
      svg.removeAttribute('aria-label'); // an image, for readers without scripts
      svg.querySelector('.countries')?.setAttribute('aria-hidden', 'true');
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

    /** The area that the keyboard is at; "" where it is elsewhere. */
    function focused() {
      const target = document.activeElement;
      return root.contains(target) && target.matches(':focus-visible') ? pcodeOf(target) : '';
    }

    /** Outlines above all areas, so that no neighbour covers a part of them. */
    function drawRings() {
      if (!paths.size) return;
      const outlined = new Set([selected, pointed, focused()].filter((pcode) => paths.has(pcode)));
      overlay().replaceChildren(...[...outlined].flatMap(outline));
    }

    /** Two lines, a light and a dark one, so that an outline is seen on every colour. */
    function outline(pcode) {
      return ['area-halo', 'area-ring'].map((name) => {
        const line = document.createElementNS(SVG, 'path');
        line.setAttribute('class', name);
        line.setAttribute('d', paths.get(pcode).getAttribute('d') || ''); // none out of sight
        line.dataset.selected = String(pcode === selected);
        line.dataset.focused = String(pcode === focused());
        return line;
      });
    }

    /** Where outlines are drawn: above all areas, below their names. */
    function overlay() {
      const svg = paths.values().next().value.ownerSVGElement;
      const drawn = svg.querySelector(':scope > .area-overlay');
      if (drawn) return drawn;
      const group = document.createElementNS(SVG, 'g');
      group.setAttribute('class', 'area-overlay');
      group.setAttribute('aria-hidden', 'true');
      svg.insertBefore(group, svg.querySelector(':scope > .names'));
      return group;
    }

    function point(pcode) {
      if (pcode === pointed) return;
      pointed = pcode;
      drawRings();
      if (pcode) fillTooltip(pcode);
      if (tooltip) tooltip.dataset.shown = String(Boolean(pcode));
      emit('hover', { pcode });
    }

    function fillTooltip(pcode) {
      const i = indexOf(pcode);
      if (!tooltip || i < 0) return;
      const cell = reading.cell(view, now, i);
      const lines = [
        ['strong', reading.place(cell)],
        ['span', reading.inOneLine(view, now, i)],
        ['small', [cell.rank, cell.change].filter(Boolean).join(' · ')],
        ['small', cell.work],
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
        if (!still) cell.path?.setAttribute('aria-pressed', String(cell.pcode === pcode));
      }
      selected = pcode;
      drawRings();
    }

    const choose = (pcode, byKey) =>
      emit('select', { pcode: pcode === selected ? '' : pcode, byKey });

    function centre(path) {
      const box = path.getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2];
    }

    /** Positions of the areas as the ranking lists them; in the view's order where it has none. */
    function ranked() {
      const place = (i) => view.ranks?.[now][i] || Number.POSITIVE_INFINITY;
      const drawn = cells.map((_, i) => i).filter((i) => cells[i].path);
      return drawn.sort((a, b) => place(a) - place(b) || a - b);
    }

    /** The area that a key leads to from another; undefined where it leads nowhere. */
    function destination(key, from) {
      if (ARROWS.includes(key)) return cells[view.areas[from].near[ARROWS.indexOf(key)]];
      const order = ranked();
      const at = order.indexOf(from);
      const places = { Home: 0, End: order.length - 1, PageUp: at - 1, PageDown: at + 1 };
      return cells[order[places[key]]];
    }

    function isMoving({ key, altKey, ctrlKey, metaKey }) {
      if (altKey || ctrlKey || metaKey) return false;
      return ARROWS.includes(key) || ['Home', 'End', 'PageUp', 'PageDown'].includes(key);
    }

    root.addEventListener('pointermove', (event) => {
      if (event.pointerType === 'touch') return;
      point(pcodeOf(event.target));
      placeBeside(event.clientX, event.clientY);
    });
    root.addEventListener('pointerleave', () => point(focused()));
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
      if (pcode) choose(pcode, false);
    });
    root.addEventListener('focusin', (event) => {
      const pcode = pcodeOf(event.target);
      if (!pcode || !event.target.matches(':focus-visible')) return;
      rove(pcode);
      point(pcode);
      placeBeside(...centre(paths.get(pcode)));
      emit('reach', { pcode });
    });
    root.addEventListener('focusout', () => point(''));
    root.addEventListener('keydown', (event) => {
      const pcode = pcodeOf(event.target);
      if (!pcode) return;
      if (isMoving(event)) {
        event.preventDefault(); // nor does the page scroll where there is nothing further on
        destination(event.key, indexOf(pcode))?.path?.focus();
      } else if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        choose(pcode, true);
      } else if (event.key === 'Escape' && selected) {
        emit('select', { pcode: '', byKey: true });
      }
    });
    // What a pointer has brought up can be put away without moving the pointer.
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape' && tooltip) tooltip.dataset.shown = 'false';
    });
    dark.addEventListener('change', () => {
      for (const cell of cells) cell.fill = null;
      if (view) step(now);
    });
    described += 1;
    new ResizeObserver(fit).observe(root);
    description.id = `map-description-${described}`;
    description.className = 'visually-hidden';
    root.append(description);
    root.setAttribute('role', 'group');
    root.setAttribute('aria-label', strings.mapLabel);
    root.setAttribute('aria-describedby', description.id);

    return {
      adopt,
      takeOver,
      show,
      step,
      settle,
      fit,
      select,
      point,
      drawRings,
      focus: (pcode) => paths.get(pcode || entry)?.focus(),
    };
  }

  window.displacement = window.displacement || {};
  Object.assign(window.displacement, { createPainter, followDark, placeTooltip });
})();
