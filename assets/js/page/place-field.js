/**
 * The field that finds a place: a combobox with a list of suggestions
 * (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). Names in every language and of both levels
 * are asked for when the field first has the focus. Enter goes to the suggestion that is marked,
 * else to the best one; where there is none, the server says what may be meant.
 */
(() => {
  'use strict';

  const MOST = 8;
  const MOVES = { ArrowDown: 1, ArrowUp: -1 };

  function createPlaceField(form, { folding, format, strings, placesOf, goTo }) {
    const { element, matchPlaces } = window.displacement;
    const field = form.querySelector('.search');
    const list = element('ul', {
      id: 'place-list',
      class: 'place-list',
      role: 'listbox',
      hidden: true,
    });
    const status = element('div', { role: 'status', class: 'place-status' });
    list.setAttribute('aria-label', field.placeholder);
    form.append(list, status);
    for (const [name, value] of Object.entries({
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-controls': list.id,
      'aria-expanded': 'false',
    }))
      field.setAttribute(name, value);
    let offered = [];
    let marked = -1;

    const fold = () => folding.fold(field.value);

    function say(text, ...more) {
      status.classList.toggle('visually-hidden', offered.length > 0);
      status.replaceChildren(text, ...more);
    }

    function show(places) {
      offered = places.slice(0, MOST);
      list.replaceChildren(
        ...offered.map(({ name, note }, i) =>
          element(
            'li',
            { id: `place-${i}`, role: 'option' },
            element('span', {}, name),
            ' ',
            element('small', {}, note),
          ),
        ),
      );
      mark(-1);
      list.hidden = !offered.length;
      field.setAttribute('aria-expanded', String(!list.hidden));
    }

    function mark(index) {
      marked = index;
      for (const [i, option] of [...list.children].entries())
        option.setAttribute('aria-selected', String(i === marked));
      if (marked < 0) field.removeAttribute('aria-activedescendant');
      else field.setAttribute('aria-activedescendant', `place-${marked}`);
      list.children[marked]?.scrollIntoView({ block: 'nearest' });
    }

    const close = () => show([]);

    async function suggest() {
      const { places, count } = await placesOf();
      const found = matchPlaces(places, fold());
      show(found);
      say(
        found.length ? format.plural(count, found.length, { n: format.number(found.length) }) : '',
      );
    }

    /** Places that may be meant, as buttons after the sentence that says so. */
    function choices(places, codes) {
      const named = codes.map((pcode) => places.find((place) => place.pcode === pcode));
      return named
        .slice(0, MOST)
        .map((place) =>
          element(
            'button',
            { type: 'button', class: 'link', onclick: () => go(place) },
            place.name,
          ),
        );
    }

    async function go(place) {
      field.value = place.name;
      close();
      say('');
      await goTo(place);
    }

    async function send() {
      const typed = field.value;
      const { places } = await placesOf();
      const best = offered[Math.max(marked, 0)] ?? matchPlaces(places, fold())[0];
      if (best) return go(best);
      const { place, candidates, sentence } = await placesOf(typed.trim() || ' ');
      if (typed !== field.value) return; // something else is looked for by now
      if (place) return go(places.find(({ pcode }) => pcode === place));
      close();
      say(`${sentence} `, ...choices(places, candidates));
    }

    const failed = ({ message }) => say(format.fill(strings.failed, { reason: message }));

    placesOf().catch(() => {}); // the field has the focus
    field.addEventListener('input', () => suggest().catch(failed));
    if (field.value) suggest().catch(failed); // typed before this was there
    form.addEventListener('focusout', ({ relatedTarget }) => {
      if (form.contains(relatedTarget)) return; // on the way to what is offered
      close();
      say('');
    });
    field.addEventListener('keydown', (event) => {
      if (event.key in MOVES && offered.length) {
        // From the field to the first or the last, and back to the field after them.
        const places = offered.length + 1;
        mark(((marked + 1 + MOVES[event.key] + places) % places) - 1);
      } else if (event.key in MOVES) suggest().catch(failed);
      else if (event.key === 'Escape' && (offered.length || field.value)) {
        if (!offered.length) field.value = '';
        close();
        say('');
      } else return;
      event.preventDefault();
    });
    list.addEventListener('pointerdown', (event) => event.preventDefault()); // the field keeps it
    list.addEventListener('click', ({ target }) => {
      const at = [...list.children].indexOf(target.closest('li'));
      if (at >= 0) go(offered[at]).catch(failed);
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      send().catch(failed);
    });
  }

  window.displacement = window.displacement || {};
  window.displacement.createPlaceField = createPlaceField;
})();
