/*
 * The timeline: one slider over the real dates of a series, on a sparkline of its totals.
 *
 * Everything is measured in days, so distances on the track are distances in time, and every move
 * ends on a date that exists. The module only moves its own cursor and dispatches events; painting
 * the map is the business of whoever listens.
 *
 *   const timeline = displacement.createTimeline(root, {strings, formatDate, idPrefix});
 *   timeline.update({dates, captions, totals, alone, describe, index, base, axis});
 *
 * root        an empty element; parts get the ids `${idPrefix}-play`, `-range`, `-base`, …
 * strings     play, pause, previous, next, speed, speedOption {speed}, date, baseDate, goToDate, go,
 *             noRound {asked} {shown}, outOfRange {asked} {first} {last}, badDate {example}
 * formatDate  (iso, 'short' | 'long') => text; formatYear, optional, (number) => text
 * fill        optional, (sentence, values) => text
 * update      at least one date, in order; null totals are gaps; base is an index or null
 * alone       optional: for each date whether its total is no sum, and joined to no other by a line
 * axis        optional {min, max}: the dates the track spans, when they are not the series' own
 *
 * Events on root: displacement:time {index, date, source, settled}, displacement:base {index, date,
 * settled}, displacement:play {playing}. `settled` is false while a drag, a held key or playing may
 * still go on.
 */
(() => {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  const STEP_MS = 700;
  const SPEEDS = [0.5, 1, 2, 4];
  const SLOP_PX = 5;
  const YEAR_LABEL_EM = 2.8; // with the space beside it; 44 pixels at the least
  const YEAR_LABEL_PX = 44;
  const LETTER_PX = 7;
  const FLAG_PX = 20;
  const YEAR_STEPS = [1, 2, 5, 10, 20, 50];
  // The drawing, in units of its view box: only x is stretched, so y is in pixels.
  const [WIDTH, TOP, FLOOR, TICK, BOTTOM] = [1000, 3, 48, 51, 57];
  const ICONS = {
    play: 'M8 5v14l11-7z',
    pause: 'M7 5h4v14H7zM13 5h4v14h-4z',
    previous: 'M15.5 5.5 14 4l-8 8 8 8 1.5-1.5L9 12z',
    next: 'M8.5 5.5 10 4l8 8-8 8-1.5-1.5L15 12z',
    calendar: 'M7 2v2H3v17h18V4h-4V2h-2v2H9V2zM5 9h14v10H5z',
  };

  const toDay = (iso) => Date.parse(iso) / 864e5;
  const plainly = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const isRtl = (node) => getComputedStyle(node).direction === 'rtl';

  /** Index of the day nearest to `asked`; the earlier one when two are as near. */
  function nearest(days, asked) {
    let [low, high] = [0, days.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (days[middle] <= asked) low = middle;
      else high = middle;
    }
    return asked - days[low] <= days[high] - asked ? low : high;
  }

  /** Dates a line may join: a missing or lone total, or a year without a count, breaks it. */
  function runs(days, totals, alone) {
    const found = [];
    const follows = (day, i) => i && totals[i - 1] != null && day - days[i - 1] <= 366;
    days.forEach((day, i) => {
      if (totals[i] == null) return;
      if (follows(day, i) && !alone[i] && !alone[i - 1]) found.at(-1).push(i);
      else found.push([i]);
    });
    return found;
  }

  /** Path data: area and line of each run, a bar for each lone date, a tick for every date. */
  function drawing(days, totals, alone, fraction) {
    const most = Math.max(1, ...totals);
    const x = (i) => (fraction(days[i]) * WIDTH).toFixed(1);
    const y = (i) => (FLOOR - (totals[i] / most) * (FLOOR - TOP)).toFixed(1);
    const curve = (run) => run.map((i) => `${x(i)} ${y(i)}`).join('L');
    const found = runs(days, totals, alone);
    const joined = found.filter((run) => run.length > 1);
    const lone = found.filter((run) => run.length === 1);
    return {
      area: joined.map((run) => `M${x(run[0])} ${FLOOR}L${curve(run)}V${FLOOR}Z`).join(''),
      line: joined.map((run) => `M${curve(run)}`).join(''),
      lone: lone.map(([i]) => `M${x(i)} ${FLOOR}V${y(i)}`).join(''),
      ticks: days.map((_, i) => `M${x(i)} ${TICK}V${BOTTOM}`).join(''),
    };
  }

  /** The module's DOM, all of it, once; returns the parts by name. */
  function build(root, strings, prefix, fill) {
    const parts = {};
    const add = (parent, name, tag = 'div', attributes = {}) => {
      const node = document.createElement(tag);
      node.id = `${prefix}-${name}`;
      node.className = `timeline__${name}`;
      for (const key in attributes) node.setAttribute(key, attributes[key]);
      parent.append(node);
      parts[name] = node;
      return node;
    };
    const draw = (parent, viewBox, paths) => {
      const svg = parent.appendChild(document.createElementNS(SVG, 'svg'));
      svg.setAttribute('viewBox', viewBox);
      svg.setAttribute('aria-hidden', 'true');
      for (const name in paths) {
        const path = svg.appendChild(document.createElementNS(SVG, 'path'));
        path.setAttribute('class', `timeline__${name}`);
        path.setAttribute('d', paths[name]);
        parts[name] = path;
      }
      return svg;
    };
    const button = (parent, name, title) => add(parent, name, 'button', { type: 'button', title });
    const iconButton = (name) => {
      const node = button(controls, name, strings[name]);
      node.setAttribute('aria-label', strings[name]);
      draw(node, '0 0 24 24', { [`${name}-icon`]: ICONS[name] });
      return node;
    };

    root.classList.add('timeline');
    root.inert = true; // until there are dates
    const controls = add(root, 'controls');
    iconButton('play').dataset.key = 'p';
    iconButton('previous');
    const date = button(controls, 'date', strings.goToDate);
    date.setAttribute('aria-expanded', 'false');
    add(date, 'label', 'span').append('');
    draw(date, '0 0 24 24', { calendar: ICONS.calendar });
    add(date, 'caption', 'span').append('');
    iconButton('next');
    const labelled = { 'aria-label': strings.speed, title: strings.speed };
    const speed = add(controls, 'speed', 'select', labelled);
    for (const value of SPEEDS) {
      const text = fill(strings.speedOption, { speed: value });
      speed.add(new Option(text, value, value === 1, value === 1));
    }

    const track = add(root, 'track');
    const axis = `M0 ${FLOOR}H${WIDTH}`;
    const paths = { axis, area: '', line: '', lone: '', ticks: '' };
    const spark = draw(track, `0 0 ${WIDTH} ${BOTTOM}`, paths);
    spark.setAttribute('preserveAspectRatio', 'none');
    add(track, 'years', 'div', { 'aria-hidden': 'true' });
    add(track, 'range', 'input', { type: 'range', 'aria-label': strings.date, 'data-key': 'd' });
    add(track, 'cursor');
    add(track, 'base', 'div', { role: 'slider', tabindex: 0, 'aria-label': strings.baseDate });
    add(parts.base, 'flag').append('');

    // tabindex keeps a press on the form's own padding from looking like leaving it.
    const form = add(root, 'form', 'form', { tabindex: -1, novalidate: '' });
    form.hidden = true;
    add(form, 'asking', 'label').append(strings.goToDate);
    add(parts.asking, 'asked', 'input', { type: 'date' });
    add(form, 'go', 'button').append(strings.go);
    add(form, 'status', 'div', { role: 'status' });
    return parts;
  }

  function createTimeline(
    root,
    { strings, formatDate, formatYear = String, fill = plainly, idPrefix = 'timeline' },
  ) {
    const parts = build(root, strings, idPrefix, fill);
    // `pending` holds the source of a move that has not settled yet.
    const handles = { time: { index: 0, pending: null }, base: { index: null, pending: null } };
    let data;
    let days;
    let labels;
    let places;
    let start;
    let span;
    let width = 1;
    let timer = 0;
    let drag = null;

    const emit = (name, detail) =>
      root.dispatchEvent(new CustomEvent(`displacement:${name}`, { bubbles: true, detail }));
    const change = (node, name, value) => {
      if (node.getAttribute(name) !== `${value}`) node.setAttribute(name, value);
    };
    const clamp = (index) => Math.max(0, Math.min(index, days.length - 1));
    const fraction = (day) => (span ? (day - start) / span : 0.5);

    // ---- painting: what a step touches, and nothing else ----

    const paint = {
      time(spoken) {
        const { index } = handles.time;
        parts.cursor.style.insetInlineStart = places[index];
        parts.label.firstChild.data = labels[index];
        parts.caption.firstChild.data = data.captions[index];
        parts.range.value = days[index];
        change(parts.previous, 'aria-disabled', index === 0);
        change(parts.next, 'aria-disabled', index === days.length - 1);
        if (spoken) change(parts.range, 'aria-valuetext', data.describe(index));
        placeFlag();
      },
      base() {
        const { index } = handles.base;
        parts.base.hidden = index === null;
        if (index === null) return;
        parts.base.style.insetInlineStart = places[index];
        parts.flag.firstChild.data = labels[index];
        change(parts.base, 'aria-valuenow', days[index]);
        change(parts.base, 'aria-valuetext', formatDate(data.dates[index], 'long'));
        placeFlag();
      },
    };

    /** The base date's text stands on the side away from the cursor, if there is room. */
    function placeFlag() {
      const { time, base } = handles;
      if (base.index === null) return;
      const room = (labels[base.index].length * LETTER_PX + FLAG_PX) / width;
      const limit = base.index > time.index ? 1 - room : room;
      parts.base.toggleAttribute('data-before', fraction(days[base.index]) > limit);
    }

    // ---- moving ----

    function move(kind, target, source, settled) {
      const handle = handles[kind];
      const index = clamp(target);
      if (kind === 'time' && source !== 'play') stop();
      if (index === handle.index && !(settled && handle.pending)) return;
      handle.index = index;
      handle.pending = settled ? null : source;
      paint[kind](settled || source === 'key');
      emit(kind, { index, date: data.dates[index], source, settled });
    }

    function settle(kind) {
      const { index, pending } = handles[kind];
      if (pending && !(kind === 'time' && timer)) move(kind, index, pending, true);
    }

    // ---- playing ----

    function showPlaying(playing) {
      const label = playing ? strings.pause : strings.play;
      root.toggleAttribute('data-playing', playing);
      parts.play.title = label;
      parts.play.setAttribute('aria-label', label);
      parts['play-icon'].setAttribute('d', playing ? ICONS.pause : ICONS.play);
      emit('play', { playing });
    }

    function schedule() {
      timer = setTimeout(tick, STEP_MS / parts.speed.value);
    }

    function tick() {
      move('time', handles.time.index + 1, 'play', false);
      if (!timer) return; // a listener paused
      if (handles.time.index === days.length - 1) pause();
      else schedule();
    }

    function play() {
      if (timer || days.length < 2) return;
      schedule();
      showPlaying(true);
      if (handles.time.index === days.length - 1) move('time', 0, 'play', false);
    }

    function stop() {
      if (!timer) return;
      clearTimeout(timer);
      timer = 0;
      showPlaying(false);
    }

    function pause() {
      stop();
      settle('time');
    }

    const toggle = () => (timer ? pause() : play());

    // ---- keys ----

    function destination(key, index) {
      const year = (by) => nearest(days, days[index] + by * 365);
      const ahead = isRtl(root) ? -1 : 1;
      const targets = {
        ArrowRight: index + ahead,
        ArrowLeft: index - ahead,
        ArrowUp: index + 1,
        ArrowDown: index - 1,
        PageUp: Math.max(index + 1, year(1)),
        PageDown: Math.min(index - 1, year(-1)),
        Home: 0,
        End: days.length - 1,
      };
      return targets[key];
    }

    function press(event, kind) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const space = event.key === ' ' && kind === 'time';
      const target = destination(event.key, handles[kind].index);
      if (!space && target === undefined) return;
      event.preventDefault();
      if (!space) move(kind, target, 'key', false);
      else if (!event.repeat) toggle();
    }

    /** A value set by the browser for an assistive technology: usually one day on or back. */
    function nudge() {
      const { index } = handles.time;
      const asked = Number(parts.range.value);
      parts.range.value = days[index];
      if (drag) return;
      const target = nearest(days, asked);
      // Nearest to one day on is where we are: go on to the next date in that direction.
      const step = target === index ? Math.sign(asked - days[index]) : 0;
      move('time', target + step, 'key', true);
    }

    // ---- pointers ----

    function grab(event) {
      if (event.button || drag) return;
      const kind = parts.base.contains(event.target) ? 'base' : 'time';
      const handle = kind === 'base' ? parts.base : parts.range;
      const box = parts.track.getBoundingClientRect();
      const own = handle.getBoundingClientRect();
      drag = {
        kind,
        box,
        rtl: isRtl(root),
        id: event.pointerId,
        from: event.clientX,
        shift: kind === 'base' ? event.clientX - (own.left + own.right) / 2 : 0,
        // A finger may be about to scroll the page, and a touched flag should not jump.
        slop: kind === 'base' || event.pointerType === 'touch' ? SLOP_PX : 0,
      };
      parts.track.setPointerCapture(event.pointerId);
      handle.focus({ preventScroll: true });
      follow(event);
    }

    function follow(event) {
      if (event.pointerId !== drag?.id || Math.abs(event.clientX - drag.from) < drag.slop) return;
      drag.slop = 0;
      const part = (event.clientX - drag.shift - drag.box.left) / drag.box.width;
      const day = start + (drag.rtl ? 1 - part : part) * span;
      move(drag.kind, nearest(days, day), 'drag', false);
    }

    function release(event) {
      if (event.pointerId !== drag?.id) return;
      const { kind } = drag;
      if (kind === 'time' && event.type === 'pointerup') {
        drag.slop = 0; // a tap
        follow(event);
      }
      drag = null;
      settle(kind);
    }

    // ---- the typed date ----

    function openForm(open) {
      parts.form.hidden = !open;
      parts.date.setAttribute('aria-expanded', open);
      parts.status.textContent = '';
      if (!open) return;
      parts.asked.value = data.dates[handles.time.index];
      parts.asked.focus();
      const { height } = parts.form.getBoundingClientRect();
      parts.form.toggleAttribute('data-below', root.getBoundingClientRect().top < height + 16);
    }

    function closeForm() {
      openForm(false);
      parts.date.focus();
    }

    function goToTyped() {
      const { dates } = data;
      const asked = parts.asked.value;
      const [day, last] = [toDay(asked), days.length - 1];
      const long = (iso) => formatDate(iso, 'long');
      const say = (text, values) => {
        parts.status.textContent = fill(text, values);
      };
      if (!asked) return say(strings.badDate, { example: long(dates[last]) });
      if (day < days[0] || day > days[last]) {
        const values = { asked: long(asked), first: long(dates[0]), last: long(dates[last]) };
        return say(strings.outOfRange, values);
      }
      const index = nearest(days, day);
      move('time', index, 'typed', true);
      if (days[index] === day) return closeForm();
      return say(strings.noRound, { asked: long(asked), shown: long(dates[index]) });
    }

    // ---- the data ----

    function drawYears(end) {
      const first = new Date(start * 864e5).getUTCFullYear();
      const marks = [];
      for (let year = first; toDay(`${year}-01-01`) <= end; year += 1) {
        if (toDay(`${year}-01-01`) >= start) marks.push([year, toDay(`${year}-01-01`)]);
      }
      if (!marks.length) marks.push([first, start]); // all within one year
      const nodes = marks.map(([year, day]) => {
        const node = document.createElement('span');
        node.textContent = formatYear(year);
        node.dataset.year = year;
        node.style.insetInlineStart = `${fraction(day) * 100}%`;
        return node;
      });
      parts.years.replaceChildren(...nodes);
    }

    function fit() {
      width = parts.years.clientWidth || 1;
      const perYear = (width / (span || 1)) * 365;
      const size = Number.parseFloat(getComputedStyle(parts.years).fontSize);
      const least = Math.max(YEAR_LABEL_PX, size * YEAR_LABEL_EM);
      const step = YEAR_STEPS.find((years) => years * perYear >= least) || 100;
      for (const node of parts.years.children) node.hidden = node.dataset.year % step;
      placeFlag();
    }

    function update(next) {
      root.inert = false;
      data = next;
      days = next.dates.map(toDay);
      labels = next.dates.map((iso) => formatDate(iso, 'short'));
      const last = days.length - 1;
      start = next.axis ? toDay(next.axis.min) : days[0];
      const end = next.axis ? toDay(next.axis.max) : days[last];
      span = end - start;
      places = days.map((day) => `${fraction(day) * 100}%`);

      const paths = drawing(days, next.totals, next.alone || [], fraction);
      for (const name in paths) parts[name].setAttribute('d', paths[name]);
      drawYears(end);
      // The room for the longest text is kept, so that no step moves the track.
      const longest = (texts) => Math.max(...texts.map((text) => text.length));
      const letters = Math.max(longest(labels), longest(next.captions) * 0.8);
      parts.date.style.setProperty('--timeline-text', `${letters}ch`);
      Object.assign(parts.range, { min: days[0], max: days[last] });
      Object.assign(parts.asked, { min: next.dates[0], max: next.dates[last] });
      parts.base.setAttribute('aria-valuemin', days[0]);
      parts.base.setAttribute('aria-valuemax', days[last]);
      parts.play.disabled = last === 0;
      if (last === 0) stop();
      setBase(next.base);
      setIndex(next.index);
      fit();
    }

    function setIndex(index) {
      handles.time.index = clamp(index);
      paint.time(!timer && !drag);
    }

    function setBase(index) {
      handles.base.index = index == null ? null : clamp(index);
      paint.base();
    }

    // ---- listening ----

    const { base, date, form, range, track } = parts;
    parts.play.addEventListener('click', toggle);
    const stepBy = (by) => () => move('time', handles.time.index + by, 'button', true);
    parts.previous.addEventListener('click', stepBy(-1));
    parts.next.addEventListener('click', stepBy(1));
    range.addEventListener('input', nudge);
    [
      [range, 'time'],
      [base, 'base'],
    ].forEach(([node, kind]) => {
      node.addEventListener('keydown', (event) => press(event, kind));
      node.addEventListener('keyup', () => settle(kind));
      node.addEventListener('blur', () => settle(kind));
    });
    track.addEventListener('pointerdown', grab);
    track.addEventListener('pointermove', follow);
    track.addEventListener('pointerup', release);
    track.addEventListener('pointercancel', release);
    // The browser's own dragging would do everything twice.
    track.addEventListener('mousedown', (event) => event.preventDefault());
    date.addEventListener('click', () => openForm(form.hidden));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      goToTyped();
    });
    form.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      closeForm();
    });
    form.addEventListener('focusout', ({ relatedTarget }) => {
      const stays = form.contains(relatedTarget) || relatedTarget === date;
      if (!stays && document.hasFocus()) openForm(false);
    });
    new ResizeObserver(() => days && fit()).observe(parts.years);

    return {
      update,
      setIndex,
      setBase,
      play,
      pause,
      get index() {
        return handles.time.index;
      },
      get playing() {
        return timer !== 0;
      },
    };
  }

  window.displacement = window.displacement || {};
  window.displacement.createTimeline = createTimeline;
})();
