import { useState } from 'preact/hooks';
import type { ErrorView, StackFrame } from '../../../api/jobs.api.js';
import { useTexts } from '../../app/app-context.js';
import { CopyButton } from '../../components/copy-button.js';
import { Icon } from '../../components/icon.js';
import { LongText } from '../../components/long-text.js';
import './error-details.css';

type Section = ErrorView['causes'][number];

/** An error and what caused it; of the stack first the lines of the application. `whole`: nothing of it is folded. */
export function ErrorDetails({ error, whole = false }: { error: ErrorView; whole?: boolean }) {
  const { t } = useTexts();
  return (
    <div class="error">
      <ErrorSection section={error} whole={whole} />
      {error.causes.map((cause, index) => (
        <div key={index} class="error-cause">
          <p class="error-by">{t('job.causedBy')}</p>
          <ErrorSection section={cause} whole={whole} />
        </div>
      ))}
      {error.cut && <p class="faint">{t('job.errorCut')}</p>}
    </div>
  );
}

function ErrorSection({ section, whole }: { section: Section; whole: boolean }) {
  const { name, message, frames } = section;
  const own = frames.filter((frame) => frame.own);
  const others = frames.filter((frame) => !frame.own);
  return (
    <>
      <div class="error-head">
        <p class="error-message">
          <strong class="error-name">{name}</strong> <LongText text={message} />
        </p>
        <CopyButton text={asText(section)} />
      </div>
      {own.length > 0 && <Frames frames={own} own />}
      {others.length > 0 && (whole ? <Frames frames={others} own={false} /> : <Others frames={others} />)}
    </>
  );
}

function Others({ frames }: { frames: readonly StackFrame[] }) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="error-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'down' : 'right'} size={12} />
        {t('job.frames', { n: frames.length })}
      </button>
      {open && <Frames frames={frames} own={false} />}
    </>
  );
}

function Frames({ frames, own }: { frames: readonly StackFrame[]; own: boolean }) {
  return (
    <ol class={`error-frames ${own ? 'error-own' : ''}`}>
      {frames.map(({ text }, index) => (
        <li key={index}>
          <LongText text={text} first={1_000} />
        </li>
      ))}
    </ol>
  );
}

function asText({ name, message, frames }: Section): string {
  return [`${name}: ${message}`, ...frames.map(({ text }) => `    ${text}`)].join('\n');
}
