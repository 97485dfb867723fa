import { Inject, Injectable, Logger } from '@nestjs/common';
import { parseJson } from '../../../payload/decode/damaged-payload.js';
import type { CheckedDashboardOptions, DashboardJob } from '../../dashboard.options.js';
import { DASHBOARD_OPTIONS } from '../dashboard.tokens.js';
import { advance, isHidden, parsePattern, type Patterns, REDACTABLE, type Redactable } from './patterns.js';
import { redactJson } from './redact-json.js';

/** What of one job is hidden. */
export class Redaction {
  constructor(private readonly patterns: Patterns) {}

  /** A text of the job, such as its description; null where it is hidden. */
  text(root: Redactable, text: string | null): string | null {
    return this.hides(root) ? null : text;
  }

  /** Whether all of it is hidden. */
  hides(root: Redactable): boolean {
    return isHidden(advance(this.patterns, root));
  }

  /** Whether what stands at a path, or something around or inside it, is hidden. */
  touches(root: Redactable, path: readonly (string | number)[]): boolean {
    let patterns = advance(this.patterns, root);
    for (const step of path) {
      if (isHidden(patterns)) return true;
      patterns = advance(patterns, String(step));
    }
    return patterns.length > 0;
  }

  /** The JSON of a payload as text, with blanks where it is short enough to be read. */
  jsonText(root: Redactable, text: string, longest: number): string {
    const isWhole = advance(this.patterns, root).length === 0;
    try {
      return JSON.stringify(this.json(root, text), null, text.length > longest ? 0 : 2);
    } catch (error) {
      // Nested more deeply than JavaScript writes: as it is stored, if nothing has to be hidden.
      if (isWhole) return text;
      throw error;
    }
  }

  /**
   * The JSON of a payload, parsed, without what is hidden.
   *
   * @throws QueueJobError where it is damaged
   */
  json(root: Redactable, text: string): unknown {
    return redactJson(parseJson(text, root), advance(this.patterns, root));
  }
}

const EVERYTHING = REDACTABLE.map((root) => [root]);

/** Asks the application what of a job is hidden. */
@Injectable()
export class Redactor {
  private readonly logger = new Logger('QueueJobDashboard');

  constructor(@Inject(DASHBOARD_OPTIONS) private readonly options: CheckedDashboardOptions) {}

  /** Whether anything is hidden from anybody. */
  get isActive(): boolean {
    return this.options.redacts;
  }

  /** Where the application's function fails, everything is hidden. */
  of(job: DashboardJob): Redaction {
    try {
      const paths = this.options.redact(job);
      if (!Array.isArray(paths)) throw new TypeError('The option redact must answer with a list of paths.');
      return new Redaction(paths.map(parsePattern));
    } catch (error) {
      this.logger.error(`redact: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return new Redaction(EVERYTHING);
    }
  }
}
