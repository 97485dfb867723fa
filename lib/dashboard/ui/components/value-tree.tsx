import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ValueNode } from '../../api/jobs.api.js';
import { useTexts } from '../app/app-context.js';
import { Icon } from './icon.js';
import { pathTo } from '../app/router.js';
import { LongText } from './long-text.js';
import { searchedText, stepInto, type Leafy } from './value-path.js';
import './value-tree.css';

/** How many of a list or record are drawn before somebody asks for more. */
const CHUNK = 100;

/**
 * A payload as a person reads it: types kept, folded where it is deep, and never more drawn than asked for.
 *
 * @param path Where it stands among the arguments; then a value in it is a link to the jobs that have the same there.
 */
export function ValueTree({
  value,
  name,
  path = null,
  open = 2,
}: {
  value: ValueNode;
  name?: string;
  path?: string | null;
  open?: number;
}) {
  return (
    <div class="value">
      <ValueLine value={value} {...(name !== undefined && { name })} path={path} open={open} />
    </div>
  );
}

interface LineProps {
  readonly value: ValueNode;
  readonly name?: string;
  readonly path: string | null;
  readonly open: number;
}

function ValueLine({ value, name, path, open }: LineProps) {
  const label = name === undefined ? null : <span class="value-name">{name}: </span>;
  if (value.t !== 'list' && value.t !== 'record') {
    return (
      <div class="value-line">
        {label}
        {path === null ? <Leaf value={value} /> : <Found value={value} path={path} />}
      </div>
    );
  }
  return <Branch value={value} label={label} path={path} open={open} />;
}

/** A value, as a link to the jobs with the same at its place. */
function Found({ value, path }: { value: Leafy; path: string }) {
  const { t } = useTexts();
  const wanted = searchedText(value);
  if (wanted === null) {
    return <Leaf value={value} />;
  }
  const name = t('value.find', { path, value: wanted });
  return (
    <a class="value-find" href={pathTo('jobs', { arg: `${path}=${wanted}` })} data-tip={name}>
      <Leaf value={value} />
      <Icon name="search" size={12} />
    </a>
  );
}

function Branch({
  value,
  label,
  path,
  open: depth,
}: {
  value: Extract<ValueNode, { t: 'list' | 'record' }>;
  label: ComponentChildren;
  path: string | null;
  open: number;
}) {
  const { t } = useTexts();
  const entries: readonly (readonly [string, ValueNode])[] =
    value.t === 'list' ? value.items.map((item, index) => [String(index), item]) : value.entries;
  const cut = value.cut ?? 0;
  const [open, setOpen] = useState(depth > 0 && entries.length <= CHUNK);
  const [drawn, setDrawn] = useState(CHUNK);
  const size = entries.length + cut;
  const count = value.t === 'list' ? t('value.items', { n: size }) : t('value.fields', { n: size });
  const type = value.type === 'Object' || value.type === 'Array' ? '' : `${value.type} `;
  const brackets = value.t === 'list' ? '[]' : '{}';
  if (size === 0) {
    return (
      <div class="value-line">
        {label}
        <span class="value-type">{type}</span>
        {brackets}
      </div>
    );
  }
  return (
    <div class="value-branch">
      <button type="button" class="value-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'down' : 'right'} size={12} />
        {label}
        <span class="value-type">{type}</span>
        <span class="value-count">
          {brackets[0]} {count} {brackets[1]}
        </span>
      </button>
      {open && (
        <div class="value-inside">
          {entries.slice(0, drawn).map(([key, item]) => (
            <ValueLine key={key} name={key} value={item} path={stepInto(value, path, key)} open={depth - 1} />
          ))}
          {drawn < entries.length && (
            <button type="button" class="value-more" onClick={() => setDrawn(drawn + CHUNK)}>
              {t('common.more', { n: Math.min(CHUNK, entries.length - drawn) })}
            </button>
          )}
          {drawn >= entries.length && cut > 0 && (
            <span class="value-cut">{t('value.moreItems', { n: cut })}</span>
          )}
        </div>
      )}
    </div>
  );
}

function Leaf({ value }: { value: Leafy }) {
  const { t } = useTexts();
  if (value.t === 'string' || value.t === 'typed') {
    return (
      <span>
        {value.t === 'typed' && <span class="value-type">{value.type} </span>}
        <span class="value-string">
          <LongText text={value.t === 'typed' ? value.v : JSON.stringify(value.v)} />
        </span>
        <Cut characters={value.cut} />
      </span>
    );
  }
  if (value.t === 'entity') {
    return (
      <span>
        <span class="value-type">{value.entity} </span>
        <span class="value-number">#{value.id}</span>
      </span>
    );
  }
  if (value.t === 'damaged') {
    return (
      <span class="value-damaged">
        {t('value.damaged')}: {value.v}
      </span>
    );
  }
  if (value.t === 'redacted') {
    return <span class="value-nothing">{t('value.redacted')}</span>;
  }
  if (!('v' in value)) {
    return <span class="value-nothing">{value.t}</span>;
  }
  return <span class="value-number">{value.t === 'bigint' ? `${value.v}n` : String(value.v)}</span>;
}

function Cut({ characters }: { characters: number | undefined }) {
  const { t } = useTexts();
  return characters === undefined ? null : (
    <span class="value-cut"> … {t('value.moreCharacters', { n: characters })}</span>
  );
}
