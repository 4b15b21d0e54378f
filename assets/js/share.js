/**
 * Sharing: shows the share page as a dialog, renews it as options change, copies from it.
 *
 * Everything in it is what the server wrote for /share; this only takes it in. Without this script
 * the button is a link to that page and its form is sent with a button.
 */
(() => {
  'use strict';

  const REST_MS = 250;
  const opener = document.querySelector('[data-share]');

  /** The address of the share page for what is shown now. */
  function shared() {
    const address = new URL(opener.href);
    if (opener.dataset.share === 'address') {
      document.dispatchEvent(new CustomEvent('displacement:share'));
      const page = address.searchParams.get('page');
      address.search = window.location.search;
      if (page) address.searchParams.set('page', page);
    }
    return address.href;
  }

  async function fetchShare(address) {
    const response = await fetch(address, { headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const share = page.querySelector('.share');
    if (!share) throw new Error(`${response.status} ${response.statusText}`);
    return document.importNode(share, true);
  }

  function copy(share, button) {
    const field = share.querySelector(`#${button.dataset.copy}`);
    const status = field.closest('.copyable').querySelector('[role="status"]');
    return window.displacement.copyField(field, status, share.dataset);
  }

  // ---- options ----------------------------------------------------------------------------

  const outputs = (share) => share.querySelectorAll('[data-output]');

  /** Put in what the server wrote anew; what is the same, such as a map at work, stays. */
  function renew(share, before, after) {
    for (const place of outputs(share)) {
      const find = (page) => page.querySelector(`[data-output="${place.dataset.output}"]`);
      const fresh = find(after);
      if (!fresh.isEqualNode(find(before))) {
        place.replaceChildren(...fresh.cloneNode(true).childNodes);
      }
    }
  }

  /** Make a share page that the server wrote answer to its reader. */
  function enliven(share, { inPage }) {
    const form = share.querySelector('form');
    let written = share.cloneNode(true); // as the server wrote it
    let asked = wanted();
    let resting = 0;
    let renewing = Promise.resolve();

    function wanted() {
      const address = new URL(form.action);
      address.search = new URLSearchParams(new FormData(form));
      return address.href;
    }

    async function ask(address) {
      try {
        const page = await fetchShare(address);
        if (address !== asked) return; // a later choice has overtaken this one
        renew(share, written, page);
        written = page;
        if (inPage) window.history.replaceState(null, '', address);
      } catch {
        if (address === asked) fail();
      }
    }

    /** What stands there is not what was chosen: say so, and let the next change ask again. */
    function fail() {
      const sentence = document.createElement('p');
      sentence.className = 'notices';
      sentence.textContent = share.dataset.failed;
      share.querySelector('[data-output="share-refused"]').replaceChildren(sentence);
      written = document.createElement('div'); // so that the next answer replaces everything
      asked = '';
    }

    function update() {
      clearTimeout(resting);
      resting = 0;
      if (wanted() === asked) return;
      asked = wanted();
      renewing = ask(asked);
    }

    /** What is copied is what was chosen, also when the choice was made just now. */
    async function settled() {
      update();
      await renewing;
    }

    for (const button of share.querySelectorAll('[data-copy]')) button.hidden = false;
    share.querySelector('[data-update]').hidden = true;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      update();
    });
    form.addEventListener('change', update);
    window.addEventListener('pageshow', update); // come back to, it shows what its form says
    form.addEventListener('input', () => {
      clearTimeout(resting);
      if (form.checkValidity()) resting = setTimeout(update, REST_MS);
    });
    share.addEventListener('click', async (event) => {
      const button = event.target.closest('[data-copy]');
      if (!button) return;
      await settled();
      copy(share, button);
    });
  }

  // ---- the dialog -------------------------------------------------------------------------

  /** The script of the snippet, which gives the preview the height of its map. */
  function fitPreview(share) {
    const source = share.dataset.host;
    if (document.querySelector(`script[src="${source}"]`)) return;
    const script = document.createElement('script');
    script.src = source;
    document.body.append(script);
  }

  function show(share) {
    const dialog = document.createElement('dialog');
    const close = share.querySelector('[data-close]');
    const heading = share.querySelector('h1');
    dialog.className = 'share-dialog';
    dialog.setAttribute('aria-labelledby', heading.id);
    dialog.setAttribute('closedby', 'any');
    close.hidden = false;
    close.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      dialog.remove();
      opener.focus(); // not every browser gives focus to a link that is clicked
    });
    enliven(share, { inPage: false });
    dialog.append(share);
    document.body.append(dialog);
    fitPreview(share);
    dialog.showModal();
    heading.focus();
  }

  async function open(event) {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (opener.ariaBusy === 'true') return;
    const address = shared();
    opener.ariaBusy = 'true';
    try {
      show(await fetchShare(address));
    } catch {
      window.location.assign(address); // the page itself says what is wrong
    } finally {
      opener.ariaBusy = null;
    }
  }

  if (opener) {
    opener.setAttribute('aria-haspopup', 'dialog');
    opener.addEventListener('click', open);
    // For a new tab, or a copied address: the link says what is shown when it is taken.
    for (const taken of ['pointerdown', 'keydown', 'contextmenu']) {
      opener.addEventListener(taken, () => {
        opener.href = shared();
      });
    }
  }
  const page = document.querySelector('main .share');
  if (page) enliven(page, { inPage: true });
})();
