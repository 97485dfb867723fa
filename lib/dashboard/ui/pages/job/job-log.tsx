import { Component } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { JobDetail, LogLine, ValueNode } from '../../../api/jobs.api.js';
import { useTexts } from '../../app/app-context.js';
import { Button } from '../../components/button.js';
import { EmptyState, StaleNotice } from '../../components/empty.js';
import { LongText } from '../../components/long-text.js';
import { ValueTree } from '../../components/value-tree.js';
import './job-log.css';
import { inline } from './inline-value.js';
import type { LogTail } from './log-tail.js';

/** So near the end counts as being there. Pixels. */
const NEAR = 24;
/** Characters of data that stand in the line. */
const INLINE = 160;

/** What the job has logged, as it comes; the end stays in view until somebody scrolls away from it. */
export function JobLog({ job, tail, lastLog }: { job: JobDetail; tail: LogTail; lastLog: string | null }) {
  const { t } = useTexts();
  const box = useRef<HTMLDivElement>(null);
  const inside = useRef<HTMLOListElement>(null);
  const [following, setFollowing] = useState(true);
  useEffect(() => {
    if (lastLog === null || lastLog !== tail.last) {
      void tail.readOn();
    }
  }, [tail, lastLog, job.state]);
  const [filter, setFilter] = useState('');
  const all = tail.chunks.value;
  const chunks = useMemo(() => matching(all, filter), [all, filter]);
  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight });
  useEffect(() => {
    if (!following || inside.current === null) {
      return undefined;
    }
    // Lines take their true height only once they are drawn.
    const observer = new ResizeObserver(toEnd);
    observer.observe(inside.current);
    toEnd();
    return () => observer.disconnect();
  }, [following, chunks.length > 0]);

  const error = tail.error.value;
  if (all.length === 0 && error === null) {
    return tail.ready.value ? (
      <EmptyState icon="jobs" title={t('job.noLog')}>
        {t('job.noLogHint')}
      </EmptyState>
    ) : null;
  }
  const scrolled = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = box.current ?? {};
    setFollowing(scrollHeight - scrollTop - clientHeight < NEAR);
  };
  return (
    <div class="log">
      {error !== null && <StaleNotice error={error} retry={() => void tail.readOn()} />}
      {tail.dropped.value > 0 && <p class="faint">{t('job.logDropped', { n: tail.dropped.value })}</p>}
      <div class="log-bar">
        <input
          class="input log-filter"
          type="search"
          aria-label={t('job.logFilter')}
          placeholder={t('job.logFilter')}
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        {filter !== '' && (
          <span class="faint" role="status">
            {t('job.logFound', { n: chunks.reduce((sum, lines) => sum + lines.length, 0) })}
          </span>
        )}
        <Button size="s" kind="ghost" icon="down" onClick={() => download(job.uuid, chunks)}>
          {t('job.download')}
        </Button>
      </div>
      <div
        class="log-box"
        ref={box}
        role="log"
        aria-label={t('job.tab.log')}
        tabIndex={0}
        onScroll={scrolled}
      >
        <ol ref={inside}>
          {chunks.map((lines, index) => (
            <Chunk key={lines[0]?.id} lines={lines} before={chunks[index - 1]?.at(-1)?.retry ?? 1} />
          ))}
        </ol>
      </div>
      <div class="log-follow">
        {!following && (
          <Button
            size="s"
            icon="down"
            onClick={() => {
              setFollowing(true);
              toEnd();
            }}
          >
            {t('job.follow')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Lines whose text or data contains the filter, in any case. */
function matching(chunks: readonly (readonly LogLine[])[], filter: string): readonly (readonly LogLine[])[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted === '') {
    return chunks;
  }
  return chunks
    .map((lines) =>
      lines.filter(({ message, data }) => `${message} ${inline(data)}`.toLowerCase().includes(wanted)),
    )
    .filter(({ length }) => length > 0);
}

/** The lines that are shown, as a text file. */
function download(uuid: string, chunks: readonly (readonly LogLine[])[]): void {
  const lines = chunks
    .flat()
    .map(({ date, retry, message, data }) => `${date} [${retry}] ${message} ${inline(data)}`.trimEnd());
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`${lines.join('\n')}\n`], { type: 'text/plain' }));
  link.download = `${uuid}-log.txt`;
  link.click();
  URL.revokeObjectURL(link.href);
}

interface ChunkProps {
  readonly lines: readonly LogLine[];
  /** The attempt of the line above. */
  readonly before: number;
}

/** Drawn once: only the last one ever changes. */
class Chunk extends Component<ChunkProps> {
  override shouldComponentUpdate(next: ChunkProps): boolean {
    return next.lines !== this.props.lines;
  }

  override render({ lines, before }: ChunkProps) {
    return (
      <li class="log-chunk">
        <ol>
          {lines.map((line, index) => (
            <Line key={line.id} line={line} first={line.retry !== (lines[index - 1]?.retry ?? before)} />
          ))}
        </ol>
      </li>
    );
  }
}

/** Short data stands in the line; more of it, or what is too long, in a tree. */
function Data({ data }: { data: ValueNode }) {
  const text = inline(data);
  return text.length <= INLINE ? <span class="log-data"> {text}</span> : <ValueTree value={data} open={0} />;
}

function Line({ line: { retry, date, message, data }, first }: { line: LogLine; first: boolean }) {
  const { t, format } = useTexts();
  return (
    <>
      {first && <li class="log-try">{t('job.tryTitle', { n: retry })}</li>}
      <li class="log-line">
        <time class="log-time" dateTime={date} data-tip={format.exact(date)}>
          {format.clock(date)}
        </time>
        <div class="log-message">
          <LongText text={message} />
          {data !== null && <Data data={data} />}
        </div>
      </li>
    </>
  );
}
