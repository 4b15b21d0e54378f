/**
 * Slides in a published folder: a view is a script there, since pages from a disk may run one but
 * fetch nothing.
 */
(() => {
  'use strict';

  window.displacement.fetchView = (url) =>
    new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = url;
      script.addEventListener('load', () => resolve(window.displacement.view));
      script.addEventListener('error', () => reject(new Error(url.split('/').pop())));
      document.head.append(script);
    });
})();
