import type { ArgumentCodec } from '../payload/argument-codec.js';
import type { StoredDefinition } from '../store/schedules/schedule-definition.js';

/** Whether both define the same. Encrypted payloads differ each time, so what they hold is compared. */
export function isSameDefinition(a: StoredDefinition, b: StoredDefinition, codec: ArgumentCodec): boolean {
  return plain(a, codec) === plain(b, codec);
}

function plain({ call, ...rest }: StoredDefinition, codec: ArgumentCodec): string {
  const { args, context, draft: uuid, ...others } = call;
  const payloads = [
    codec.textOf(args, { uuid, field: 'args' }),
    context === null ? null : codec.textOf(context, { uuid, field: 'context' }),
  ];
  const properties = Object.entries({ ...rest, ...others }).toSorted(([x], [y]) => (x < y ? -1 : 1));
  return JSON.stringify([properties, payloads]);
}
