/**
 * Numbers, dates and sentences in the reader's language: the only place of the scripts that writes
 * them. Words arrive with the page; `Intl` carries the same CLDR data as the server's Babel.
 *
 *   const format = displacement.createFormat({ locale: 'en', dateLocale: 'en-GB', strings });
 *   format.number(3065502); format.compact(3065502); format.date('2017-05-15', 'long');
 *   format.fill('{n} areas', { n: 18 });
 */
(() => {
  'use strict';

  const MINUS = '\u2212';

  function createFormat({ locale, dateLocale, strings }) {
    const numbers = new Map();
    const dates = new Map();

    function numberFormat(decimals) {
      if (!numbers.has(decimals)) {
        const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
        numbers.set(decimals, new Intl.NumberFormat(locale, digits));
      }
      return numbers.get(decimals);
    }

    function dateFormat(style) {
      if (!dates.has(style)) {
        const month = style === 'long' ? 'long' : 'short';
        const parts = { day: 'numeric', month, year: 'numeric', timeZone: 'UTC' };
        dates.set(style, new Intl.DateTimeFormat(dateLocale, parts));
      }
      return dates.get(style);
    }

    const compactFormat = {
      large: new Intl.NumberFormat(locale, {
        notation: 'compact',
        minimumFractionDigits: 2,
        maximumFractionDigits: 2,
      }),
      small: new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 0 }),
    };
    const percentFormat = new Intl.NumberFormat(locale, { style: 'percent' });

    const format = {
      /** 3,065,502 */
      number: (value, decimals = 0) => numberFormat(decimals).format(value).replace('-', MINUS),

      /** +390, −1,400 */
      signed(value, decimals = 0) {
        const sign = value > 0 ? '+' : value < 0 ? MINUS : '';
        return sign + numberFormat(decimals).format(Math.abs(value));
      },

      /** 3.07M, 387K */
      compact: (value) =>
        compactFormat[Math.abs(value) >= 1e6 ? 'large' : 'small'].format(value).replace('-', MINUS),

      /** 46% of a fraction; never something rounded down to nothing, or a part up to the whole. */
      percent(fraction) {
        const guarded = (template, bound) =>
          format.fill(template, { percent: percentFormat.format(bound) });
        if (fraction > 0 && fraction < 0.005) return guarded(strings.lessThan, 0.01);
        if (fraction >= 0.995 && fraction < 1) return guarded(strings.moreThan, 0.99);
        return percentFormat.format(fraction);
      },

      /** 15 May 2017 of an ISO date; style 'short' or 'long' */
      date: (iso, style = 'short') => dateFormat(style).format(new Date(`${iso}T00:00:00Z`)),

      /** Fill the {name} placeholders of a sentence. */
      fill: (template, values) =>
        template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole)),

      /** Compare two names as the language sorts them. */
      compare: new Intl.Collator(locale).compare,
    };
    return format;
  }

  window.displacement = window.displacement || {};
  window.displacement.createFormat = createFormat;
})();
