import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { InvalidArgumentsError, InvalidJobOptionError } from '../../../lib/index.js';
import { checkInput, checkSchemaOption, type InputSchema } from '../../../lib/job/input-schema.js';

const refusalOf = (schema: InputSchema, args: unknown[]): InvalidArgumentsError => {
  try {
    checkInput(schema, args, 'Orders.print');
  } catch (error) {
    if (error instanceof InvalidArgumentsError) return error;
    throw error;
  }
  throw new Error('It was not refused');
};

describe.each([
  ['zod', z.object({ lines: z.array(z.object({ amount: z.number() })) })],
  ['valibot', v.object({ lines: v.array(v.object({ amount: v.number() })) })],
  ['arktype', type({ lines: type({ amount: 'number' }).array() })],
])('a schema of %s', (_, schema) => {
  it('lets pass what matches, and tells where something does not', () => {
    checkSchemaOption(schema);
    const order = { lines: [{ amount: 1 }, { amount: 2 }] };
    expect(checkInput(schema, [order, 'more'], 'Orders.print')).toEqual([order, 'more']);
    const error = refusalOf(schema, [{ lines: [{ amount: 1 }, { amount: '2' }] }]);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENTS', name: 'InvalidArgumentsError' });
    expect(error.message).toMatch(
      /^The arguments of Orders\.print do not match its schema: args\[0\]\.lines\[1\]\.amount: .*number/,
    );
    expect(error.issues).toEqual([
      { path: 'args[0].lines[1].amount', message: expect.stringContaining('number') },
    ]);
    expect(refusalOf(schema, []).issues[0]?.path).toMatch(/^args\[0\]/);
  });
});

describe('a list of schemas', () => {
  const schemas = [z.number(), v.string(), z.boolean().default(true)];

  it('has that of each argument, and fills in what has a default', () => {
    expect(checkInput(schemas, [1, 'a'], 'Orders.print')).toEqual([1, 'a', true]);
    expect(checkInput([z.number(), z.string().optional()], [1], 'Orders.print')).toEqual([1]);
    expect(refusalOf(schemas, ['1', 2]).issues.map(({ path }) => path)).toEqual(['args[0]', 'args[1]']);
  });

  it('tells of twenty issues in the text, and has all of them', () => {
    const many = Array.from({ length: 30 }, () => z.number());
    const error = refusalOf(many, []);
    expect(error.issues.length).toBe(30);
    expect(error.message).toContain('; and 10 more');
  });
});

describe('a schema that is not one', () => {
  it.each([null, 5, 'zod', {}, [], [z.number(), 5], { '~standard': { version: 2, validate: () => ({}) } }])(
    'is refused: %p',
    (given) => {
      expect(() => checkSchemaOption(given)).toThrow(InvalidJobOptionError);
      expect(() => checkSchemaOption(given)).toThrow('a schema that follows Standard Schema');
    },
  );

  it('or is asynchronous, or throws, refuses the call', () => {
    const slow = z.number().refine(async () => true);
    expect(refusalOf(slow, [1]).message).toContain('is asynchronous');
    const broken = v.pipe(
      v.number(),
      v.check(() => {
        throw new Error('broken');
      }),
    );
    expect(refusalOf(broken, [1]).message).toContain('The schema of Orders.print threw: broken');
  });
});
