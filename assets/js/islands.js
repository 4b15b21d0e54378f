/**
 * Components whose elements the server has written: made live at once, and handed to Dash as they
 * are when Dash has come (takeover.js). Nothing is made twice.
 *
 *   displacement.island('Ranking', ({ root, props, set }) => ({
 *     show(view, t) {},         other figures, on the date `t`
 *     step(view, t) {},         another date of the same figures; 0 bytes, without Dash
 *     select(pcode) {},         another area, or none
 *     update(props, before) {}, properties that a callback of Dash has changed
 *     taken() {},               Dash has drawn what stands around the component anew
 *     mounted() {},             it stands in the page, brought by a callback
 *   }));
 *
 * `set({ date })` tells Dash of a property; before Dash is there it is kept, and told afterwards.
 */
(() => {
  'use strict';

  const { keepFocus } = window.displacement;
  const kinds = new Map();
  const made = new Map(); // by id
  const untold = new Map(); // what Dash is to be told of each, when it has come
  const components = {}; // as Dash finds them: window.layouts.Ranking
  const shown = { view: null, index: 0 };

  /** Say how a kind of component, by the name of its class in layouts/components.py, is made. */
  function island(type, make) {
    kinds.set(type, make);
    components[type] = asComponent(type);
  }

  function begin(type, props, root) {
    const one = { type, props, root, tell: null, echoes: {} };
    one.set = (changes) => {
      one.props = { ...one.props, ...changes };
      if (one.tell) tellDash(one, changes);
      else untold.set(one, { ...untold.get(one), ...changes });
    };
    Object.assign(one, kinds.get(type)({ root, props, set: one.set, self: one }));
    made.set(props.id, one);
    return one;
  }

  /** Make live what a callback has brought: the element is written by the server. */
  function bring(type, props) {
    const page = new DOMParser().parseFromString(props.written ?? '<div></div>', 'text/html');
    return begin(type, props, document.adoptNode(page.body.firstElementChild));
  }

  /** Let it say what is shown, as all others do already. */
  function join(one) {
    if (!shown.view) return;
    one.show?.(shown.view, shown.index);
    one.step?.(shown.view, shown.index);
  }

  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  /** Dash gives back what it is told, and later: a component must not take that for news. */
  function tellDash(one, changes) {
    for (const [key, value] of Object.entries(changes)) {
      one.echoes[key] ??= [];
      const echoes = one.echoes[key];
      if (!same(value, echoes.length ? echoes.at(-1) : one.dash[key])) echoes.push(value);
    }
    one.tell(changes);
  }

  /** Whether properties were changed by a callback, and not by the component itself. */
  function isNews(one, now, before) {
    const changed = Object.keys(now).filter((key) => !same(now[key], before[key]));
    return changed.filter((key) => {
      const echoes = one.echoes[key] ?? [];
      const at = echoes.findIndex((value) => same(value, now[key]));
      echoes.splice(0, at + 1);
      return at < 0;
    }).length;
  }

  /** Components of a layout that have an id. */
  function* identified(node) {
    if (Array.isArray(node)) for (const each of node) yield* identified(each);
    else if (node?.props) {
      if (node.props.id) yield node;
      yield* identified(node.props.children);
    }
  }

  /**
   * Make live what the server has written, by the layout that stands in the page. It may be called
   * again when the scripts of more components have come.
   */
  function start(layout) {
    for (const { type, props } of identified(layout)) {
      const place = document.querySelector(`[data-island="${CSS.escape(props.id)}"]`);
      if (place && kinds.has(type) && !made.has(props.id))
        join(begin(type, props, place.firstElementChild));
    }
  }

  /** Tell Dash what has been chosen before it was there. */
  function tell() {
    for (const [one, changes] of untold) tellDash(one, changes);
    untold.clear();
    for (const one of made.values()) one.taken?.();
  }

  // ---- what all of them hear

  /** Other figures. */
  function show(view, index) {
    Object.assign(shown, { view, index });
    for (const one of made.values()) one.show?.(view, index);
    around(); // now: a frame that is painted before the next would show emptied parts
  }

  let frame = 0;

  /** Another date: what paints the map does so at once, what stands around it before the frame. */
  function step(index) {
    shown.index = index;
    for (const one of made.values()) one.paint?.(shown.view, index);
    if (!frame) frame = requestAnimationFrame(around);
  }

  function around() {
    cancelAnimationFrame(frame);
    frame = 0;
    for (const one of made.values()) one.step?.(shown.view, shown.index);
  }

  function select(pcode) {
    for (const one of made.values()) one.select?.(pcode);
  }

  /** The reader has stopped at a date. */
  function settle() {
    for (const one of made.values()) one.settle?.(shown.view, shown.index);
  }

  // ---- as a component of Dash

  /** A function component of Dash's own React, which moves the element into the place it draws. */
  const asComponent = (type) =>
    function Island(props) {
      const { createElement, useLayoutEffect, useRef } = window.React;
      const place = useRef(null);
      const before = useRef(props);
      useLayoutEffect(() => {
        const stands = made.get(props.id);
        const one = stands ?? bring(type, props);
        Object.assign(one, { tell: props.setProps, dash: props });
        // Moved rather than removed: what is focused, scrolled, dragged or played goes on.
        if (stands && place.current.moveBefore && one.root.isConnected)
          place.current.moveBefore(one.root, null);
        else keepFocus(place.current, () => place.current.replaceChildren(one.root));
        if (!stands) {
          join(one);
          one.mounted?.();
        }
        return () => {
          one.destroy?.();
          made.delete(props.id);
        };
      }, [props.id, props.written]);
      useLayoutEffect(() => {
        const one = made.get(props.id);
        one.tell = props.setProps;
        one.dash = props;
        if (before.current !== props && isNews(one, props, before.current)) {
          one.props = props;
          one.update?.(props, before.current);
        }
        before.current = props;
      });
      return createElement('div', { className: 'island', 'data-island': props.id, ref: place });
    };

  window.layouts = components;
  window.displacement.island = island;
  window.displacement.islands = { start, tell, show, step, select, settle, made, shown };
})();
