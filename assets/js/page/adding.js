/**
 * *Add to briefing*: what the map shows becomes a slide, and the map stays where it is. The page says
 * that it was added, takes it back, and leads to the briefing, which its own address carries from
 * then on. Without this script the link leads to the slides, which say the same.
 */
(() => {
  'use strict';

  const { element, page, words } = window.displacement;
  const { strings, urls, format } = words;
  const link = document.querySelector('[data-add]');
  const place = document.getElementById('added');
  // Of the header: from here on it leads to the briefing that is carried along.
  const slides = document.querySelector(`.masthead nav a[href^="${urls.briefing}"]`);

  const button = (label, onclick, more = {}) =>
    element('button', { type: 'button', class: 'link', onclick, ...more }, label);

  function close() {
    const hadFocus = place.contains(document.activeElement);
    place.hidden = true;
    if (hadFocus) link.focus();
  }

  const unchanged = slides.href;

  function carry(query) {
    page.carry(query);
    slides.href = query ? `${urls.briefing}?${query}` : unchanged;
  }

  /** Say what has happened, also to whoever does not see it. */
  function tell(sentence, ...more) {
    const closing = { class: 'close', 'aria-label': strings.close };
    place.replaceChildren(element('p', {}, sentence), ...more, button('×', close, closing));
    place.hidden = false;
    page.say(sentence);
  }

  function undo(before) {
    carry(before);
    tell(strings.addingUndone);
    place.querySelector('.close').focus();
  }

  async function add() {
    const before = page.briefing;
    try {
      const response = await fetch(page.addingUrl(urls.briefingAdding));
      const answer = await response.json();
      if (!response.ok) return tell(answer.error.sentence);
      carry(answer.briefing);
      tell(
        answer.sentence,
        button(strings.undo, () => undo(before)),
        element('a', { href: answer.present }, strings.toBriefing),
      );
    } catch (error) {
      tell(format.fill(strings.addingFailed, { reason: error.message }));
    }
  }

  let last = Promise.resolve(); // each slide is added to the briefing that has the one before

  link.addEventListener('click', (event) => {
    link.href = page.addingUrl();
    if (event.ctrlKey || event.metaKey || event.shiftKey || !page.view) return; // a new tab, or early
    event.preventDefault();
    last = last.then(add);
  });
  // For a new tab, or a copied address: the link says what is shown when it is taken.
  for (const taken of ['pointerdown', 'keydown', 'contextmenu'])
    link.addEventListener(taken, () => {
      link.href = page.addingUrl();
    });
  if (page.briefing) slides.href = `${urls.briefing}?${page.briefing}`;
  place.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault(); // nothing else is closed
    close();
  });
})();
