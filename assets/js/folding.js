/**
 * Folds what is searched to what stays the same between spellings, as `fold` of geodata/places/folding.py
 * does with names of areas: case, accents, digits, the Arabic article, and letters of Arabic and
 * Sorani that keyboards and habits write in several forms, which come with the page.
 *
 *   const folding = displacement.createFolding(data.letters);
 *   folding.words('Community Revitalization') -> ['community', 'revitalization']
 *   folding.finds('revital community', 'Community Revitalization Program') -> true
 *   folding.fold('Al -Anb\u0101r') -> 'anbar', the name of a place as the server folds it
 */
(() => {
  'use strict';

  const MARKS = /\p{M}/gu;
  const WITHIN_WORDS = /[\u200b-\u200f\u2060\u2066-\u2069'\u2019\u02bf\u02be]/g; // joiners, isolates, apostrophes
  const DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;
  const ARTICLE = /^\u0627\u0644(?=[\p{L}\p{N}]{2})/u;
  const LATIN_ARTICLES = new Set(['al', 'as', 'an', 'ad', 'at', 'ash', 'az', 'ar']);
  const ENDS_BETWEEN = /[^\p{L}\p{N}]$/u;
  const BETWEEN_WORDS = /[^\p{L}\p{N}]+/u;

  function createFolding(letters) {
    const forms = new Map(Object.entries(letters));
    const form = (letter) => forms.get(letter) ?? letter;
    const digit = (sign) => String(sign.charCodeAt(0) & 15);

    function written(text) {
      const plain = text.replace(WITHIN_WORDS, '').normalize('NFKD').replace(MARKS, '');
      const folded = [...plain.normalize('NFKC').replace(DIGITS, digit)].map(form).join('');
      return folded.toLowerCase().split(BETWEEN_WORDS).filter(Boolean);
    }

    const words = (text) => written(text).map((word) => word.replace(ARTICLE, ''));

    /** Tell whether each word that is looked for is part of one of the text's. */
    function finds(asked, text) {
      const found = written(text); // with their articles, which may be typed half
      return words(asked).every((part) => found.some((word) => word.includes(part)));
    }

    /** Fold the name of a place, without the article of either script, to one word. */
    function fold(name) {
      const [first = '', ...rest] = words(name);
      const isArticle =
        LATIN_ARTICLES.has(first) && (rest.length || ENDS_BETWEEN.test(name.trim()));
      return (isArticle ? rest : [first, ...rest]).join('');
    }

    return { words, finds, fold };
  }

  window.displacement = window.displacement || {};
  window.displacement.createFolding = createFolding;
})();
