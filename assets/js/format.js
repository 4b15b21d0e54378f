/**
 * Numbers, dates and sentences in the reader's language: the only place of the scripts that writes
 * them. Words arrive with the page, and so does how the language writes (`Language.scripts` of
 * geodata/i18n/language.py): browsers have no Sorani, and the server's figures are to look the same.
 *
 *   const format = displacement.createFormat({ writing });
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
  // Letters that a sentence's direction is read off, and those that go from right to left.
  const LETTER = /\p{L}/u;
  const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
  // What is written with these figures and signs is put into the language's own below.
  const SOURCE = 'en';
  const SHORT = ['K', 'M', 'B'];

  /** The first letter outside what is isolated; "" where there is none. */
  function firstLetter(text) {
    let depth = 0;
    for (const sign of text) {
      if (sign === PDI) depth -= 1;
      else if ([LRI, RLI, FSI].includes(sign)) depth += 1;
      else if (!depth && LETTER.test(sign)) return sign;
    }
    return '';
  }

  function createFormat({ writing }) {
    const numbers = new Map();

    const digit = (sign) => writing.digits[sign] ?? sign;
    const parts = {
      group: () => writing.group,
      decimal: () => writing.decimal,
      compact: (short) => writing.compact[SHORT.indexOf(short)] ?? short,
      minusSign: () => MINUS,
    };

    const named = (value) => digits(String(value)).replace('.', writing.decimal);
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

    /**
     * As a sentence takes it in; a bare number names rather than counts. A list of codes goes the
     * way of the sentence, whatever they are written in.
     */
    function isolated(value) {
      const text = typeof value === 'number' ? named(value) : value;
      if (!writing.rtl || text === '') return text;
      return (text.includes(FSI) && !firstLetter(text) ? RLI : FSI) + text + PDI;
    }

    /** A sentence that was filled goes its language's way, also where no letter of it says which. */
    function inItsDirection(template, filled) {
      if (!writing.rtl) return filled;
      const first = firstLetter(filled);
      const turned = !first || (!RIGHT_TO_LEFT.test(first) && RIGHT_TO_LEFT.test(template));
      return turned ? RLI + filled + PDI : filled;
    }

    const format = {
      /** 3,065,502; `after` is '%' where the number is in percent */
      number: (value, decimals = 0, after = '') =>
        absolute(numberFormat(decimals), value, minus(value), after),

      /** +390, −1,400; where numbers are in percent their changes are in points: −1.2 points */
      signed: (value, decimals = 0, after = '') =>
        absolute(numberFormat(decimals), value, signOf(value)) + (after && writing.points),

      /** 3.07M, 387K; a change with its sign, which is of the number and not of the word after it */
      compact(value, change = false) {
        const whole = Math.abs(value);
        const size = whole >= 999_500 && whole < 1e6 ? 1e6 : whole; // no thousand thousands
        const formatter = compactFormat[size >= 1e6 ? 'large' : 'small'];
        const found = formatter.formatToParts(size);
        const isWord = ({ type }) => type === 'compact';
        const number = joined(found.filter((part) => !isWord(part)));
        const word = joined(found.filter(isWord));
        return withSign(change ? signOf(value) : minus(value), number) + word;
      },

      /** A number that names rather than counts, a year or a rank: 2018 */
      whole: named,

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
      fill(template, values) {
        const put = (whole, name) => (name in values ? isolated(values[name]) : whole);
        return inItsDirection(template, template.replace(/\{(\w+)\}/g, put));
      },

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
