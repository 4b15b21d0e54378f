/**
 * Numbers, dates and sentences in the reader's language: the only place of the scripts that writes
 * them. Words arrive with the page, and so does how the language writes (`Language.scripts` of
 * geodata/language.py): browsers have no Sorani, and the server's figures are to look the same.
 *
 *   const format = displacement.createFormat({ writing, strings });
 *   format.number(3065502); format.compact(3065502); format.date('2017-05-15', 'long');
 *   format.fill('{n} areas', { n: 18 });
 *
 * Where the language is read from right to left, what is put into a sentence is isolated.
 */
(() => {
  'use strict';

  const MINUS = '\u2212';
  const [LRI, RLI, FSI, PDI] = ['\u2066', '\u2067', '\u2068', '\u2069'];
  const ISOLATES = /[\u2066-\u2069]/g;
  // What is written with these figures and signs is put into the language's own below.
  const SOURCE = 'en';
  const SHORT = ['K', 'M', 'B'];

  function createFormat({ writing, strings }) {
    const numbers = new Map();

    const digit = (sign) => writing.digits[sign] ?? sign;
    const parts = {
      group: () => writing.group,
      decimal: () => writing.decimal,
      percentSign: () => writing.percent,
      compact: (short) => writing.compact[SHORT.indexOf(short)] ?? short,
      minusSign: () => MINUS,
    };

    const digits = (text) => (writing.digits ? text.replace(/[0-9]/g, digit) : text);

    const joined = (found) =>
      found
        .map(({ type, value: text }) => (parts[type] ? parts[type](text) : digits(text)))
        .join('');

    const written = (formatter, value) => joined(formatter.formatToParts(value));

    function numberFormat(decimals) {
      if (!numbers.has(decimals)) {
        const exactly = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
        numbers.set(decimals, new Intl.NumberFormat(SOURCE, exactly));
      }
      return numbers.get(decimals);
    }

    const compactFormat = {
      large: new Intl.NumberFormat(SOURCE, {
        notation: 'compact',
        minimumFractionDigits: 2,
        maximumFractionDigits: 2,
      }),
      small: new Intl.NumberFormat(SOURCE, { notation: 'compact', maximumFractionDigits: 0 }),
    };
    const percentFormat = new Intl.NumberFormat(SOURCE, { style: 'percent' });

    const pluralRules = new Intl.PluralRules(writing.plurals);

    /** What has a sign is read as it is written, also alone in a cell. */
    const withSign = (sign, text) => {
      if (!sign || !writing.rtl) return sign + text;
      return (writing.digits ? RLI : LRI) + sign + text + PDI;
    };
    const absolute = (formatter, value, sign, after = '') =>
      withSign(sign, written(formatter, Math.abs(value)) + after.replace('%', writing.percent));
    const minus = (value) => (value < 0 ? MINUS : '');
    const signOf = (value) => (value > 0 ? '+' : minus(value));

    /** As a sentence takes it in; a bare number names rather than counts. */
    function isolated(value) {
      const text = typeof value === 'number' ? digits(String(value)) : value;
      return writing.rtl && text !== '' ? FSI + text + PDI : text;
    }

    const format = {
      /** 3,065,502; `after` is '%' where the number is in percent */
      number: (value, decimals = 0, after = '') =>
        absolute(numberFormat(decimals), value, minus(value), after),

      /** +390, −1,400 */
      signed: (value, decimals = 0, after = '') =>
        absolute(numberFormat(decimals), value, signOf(value), after),

      /** 3.07M, 387K; a change with its sign, which is of the number and not of the word after it */
      compact(value, change = false) {
        const size = Math.abs(value);
        const formatter = compactFormat[size >= 1e6 ? 'large' : 'small'];
        const found = formatter.formatToParts(size);
        const isWord = ({ type }) => type === 'compact';
        const number = joined(found.filter((part) => !isWord(part)));
        const word = joined(found.filter(isWord));
        return withSign(change ? signOf(value) : minus(value), number) + word;
      },

      /** 46% of a fraction; never something rounded down to nothing, or a part up to the whole. */
      percent(fraction) {
        const guarded = (template, bound) =>
          format.fill(template, { percent: written(percentFormat, bound) });
        if (fraction > 0 && fraction < 0.005) return guarded(strings.lessThan, 0.01);
        if (fraction >= 0.995 && fraction < 1) return guarded(strings.moreThan, 0.99);
        return written(percentFormat, fraction);
      },

      /** A number that names rather than counts, a year or a rank: 2018 */
      whole: (value) => digits(String(value)),

      /** 15 May 2017 of an ISO date; style 'short' or 'long' */
      date(iso, style = 'short') {
        const [year, month, day] = iso.split('-').map(Number);
        const { pattern, months } = writing.dates[style];
        const said = { day: digits(`${day}`), month: months[month - 1], year: digits(`${year}`) };
        return pattern.replace(/\{(\w+)\}/g, (_, name) => said[name]);
      },

      /** Names as a sentence joins them: Ninewa, Anbar and Dahuk */
      names(list) {
        const apart = list.map(isolated);
        const last = apart.pop() ?? '';
        return apart.length ? apart.join(writing.several) + writing.two + last : last;
      },

      /** Clauses or codes, one after the other: 37,062 people, rank 9 of 18 */
      listed: (list) => list.map(isolated).join(writing.comma),

      /** The form of a sentence that fits a number, by the names that CLDR has for them. */
      plural: (forms, n, values) =>
        format.fill(forms[pluralRules.select(Math.abs(n))] ?? forms.other, values),

      /** Fill the {name} placeholders of a sentence. */
      fill: (template, values) =>
        template.replace(/\{(\w+)\}/g, (whole, name) =>
          name in values ? isolated(values[name]) : whole,
        ),

      /** A text that is no sentence to be read, a cell to paste: without isolates. */
      bare: (text) => text.replace(ISOLATES, ''),

      /** Compare two names as the language sorts them. */
      compare: new Intl.Collator(writing.collation).compare,
    };
    return format;
  }

  window.displacement = window.displacement || {};
  window.displacement.createFormat = createFormat;
})();
