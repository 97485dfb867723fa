import { expect, test } from '@jest/globals';
import { plainArray, textArray } from '../../../../lib/store/connection/array-literal.js';

test('an array of texts is quoted as PostgreSQL reads it, whatever is in them', () => {
  expect(textArray(['a', null, '', 'NULL', 'x,y', '{"k": "\\\\ \\""}', 'two\nlines'])).toBe(
    '{"a",NULL,"","NULL","x,y","{\\"k\\": \\"\\\\\\\\ \\\\\\"\\"}","two\nlines"}',
  );
});

test('an array of texts without control characters is that of JSON', () => {
  expect(textArray(['a', null, '[{"b": "c\\\\d"}]', 'é'])).toBe(
    '{"a",null,"[{\\"b\\": \\"c\\\\\\\\d\\"}]","é"}',
  );
});

test('an array of plain values stands as it is', () => {
  expect(plainArray([1, -2.5, true])).toBe('{1,-2.5,true}');
  expect(plainArray([])).toBe('{}');
});
