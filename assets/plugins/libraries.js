/**
 * Libraries of components that plugins use, dcc among them: each is fetched when the first of its
 * components is drawn. Until then, and where it cannot be had, what the server wrote stands there.
 *
 * A page without plugins does not load this file.
 */
(() => {
  'use strict';

  const { addScript } = window.displacement;
  const { libraries, plotly } = JSON.parse(
    document.getElementById('displacement-data').textContent,
  ).later;

  /** What is chosen in a stand-in, as the component it stands for would say it. */
  function valueOf(element, { options, value }) {
    const typed = (text) => {
      const listed = Array.isArray(options) ? options : Object.keys(options ?? {});
      const values = listed.map((one) => one?.value ?? one);
      return values.find((one) => String(one) === text) ?? (text === '' ? null : text);
    };
    if (element.matches('select, input, textarea')) {
      if (element.multiple) return [...element.selectedOptions].map((one) => typed(one.value));
      return element.type === 'range' || element.type === 'number'
        ? element.valueAsNumber
        : typed(element.value);
    }
    const boxes = [...element.querySelectorAll('input')];
    if (!boxes.length) return value;
    const chosen = boxes.filter(({ checked }) => checked).map((one) => typed(one.value));
    return boxes[0].type === 'radio' ? (chosen[0] ?? null) : chosen;
  }

  const standIns = new Map(); // by id
  const differs = (a, b) => JSON.stringify(a ?? null) !== JSON.stringify(b ?? null);

  /** What the server wrote for a component, moved to its place; a choice made in it is told. */
  const waiting = (type) =>
    function Waiting(props) {
      const { createElement, useLayoutEffect, useRef } = window.React;
      const place = useRef(null);
      useLayoutEffect(() => {
        if (typeof props.id !== 'string') return;
        const property = type === 'DatePickerSingle' ? 'date' : 'value';
        const written = standIns.get(props.id) ?? document.getElementById(props.id);
        if (!written) return;
        standIns.set(props.id, written); // for the next place, where its script does not come
        place.current.append(written);
        const tell = () => {
          const chosen = valueOf(written, { options: props.options, value: props[property] });
          if (property in props && differs(chosen, props[property]))
            props.setProps({ [property]: chosen });
        };
        written.addEventListener('change', tell);
        setTimeout(tell); // Dash itself first notes what it has just drawn
      }, []);
      return createElement('div', { ref: place, className: 'island' });
    };

  /** Stand in for a namespace of components, whose scripts are fetched in their order. */
  function lazily(name, urls) {
    let fetched = null;
    const stands = new Proxy(
      {},
      {
        get: (types, type) => {
          if (typeof type === 'string') types[type] ??= lazy(type);
          return types[type];
        },
      },
    );
    async function bring() {
      window._dashPlotlyJSURL = plotly; // where dcc's graphs look for it
      for (const url of urls) await addScript(url);
      const brought = window[name];
      window[name] = stands; // what has been drawn stays of the same type
      return brought;
    }
    function lazy(type) {
      const Waiting = waiting(type);
      let Late = null;
      return function Later(props) {
        const { createElement, lazy: reactLazy, Suspense } = window.React;
        Late ??= reactLazy(async () => {
          try {
            fetched ??= bring();
            return { default: (await fetched)[type] };
          } catch {
            fetched = null; // what comes later may try again
            document.dispatchEvent(new CustomEvent('displacement:failed', { detail: {} }));
            return { default: Waiting };
          }
        });
        const fallback = createElement(Waiting, props);
        return createElement(Suspense, { fallback }, createElement(Late, props));
      };
    }
    window[name] = stands;
  }

  for (const [name, urls] of Object.entries(libraries)) lazily(name, urls);
})();
