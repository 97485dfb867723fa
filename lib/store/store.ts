import type { DataSource } from 'typeorm';
import { AttentionStore } from './stats/attention-store.js';
import { AuditStore } from './jobs/audit-store.js';
import { BatchStore } from './batches/batch-store.js';
import { ChannelStore } from './channels/channel-store.js';
import { ClaimStore } from './claims/claim-store.js';
import { QueueDatabase } from './connection/database.js';
import { ChannelLoadStore } from './stats/channel-load-store.js';
import { FailureDetailStore } from './stats/failure-detail-store.js';
import { FailureStore } from './stats/failure-store.js';
import { HistoryStore } from './jobs/history-store.js';
import { FunctionStore } from './functions/function-store.js';
import { FollowUpStore } from './graphs/follow-up-store.js';
import { ExplainStore } from './jobs/explain-store.js';
import { GraphStore } from './graphs/graph-store.js';
import { LocalDispatch } from './insert/local-dispatch.js';
import { ClaimedInsertStore } from './insert/claimed-insert-store.js';
import { JobSearch } from './jobs/job-search.js';
import { JobUpdateStore } from './jobs/job-update-store.js';
import { JobStore } from './jobs/job-store.js';
import { KeyStore } from './insert/key-store.js';
import { JobWriter } from './insert/job-writer.js';
import { MetricsStore } from './stats/metrics-store.js';
import { MuteStore } from './stats/mute-store.js';
import { NodeStore } from './nodes/node-store.js';
import { OverviewStore } from './stats/overview-store.js';
import { ProgressStore } from './jobs/progress-store.js';
import { StatsStore } from './stats/rollup-store.js';
import { ScheduleListStore } from './schedules/schedule-list-store.js';
import { ScheduleStore } from './schedules/schedule-store.js';
import { SessionStyles } from './connection/session-styles.js';
import type { SessionDefaults } from './connection/session-defaults.js';
import { openly, type Quietly } from '../common/quietly.js';
import type { Tables } from './connection/tables.js';
import { JobEvents } from './notify/job-events.js';
import { Notifier } from './notify/notifier.js';

/** Everything that speaks SQL, by what it is about. */
export class Store {
  readonly database: QueueDatabase;
  readonly writer: JobWriter;
  readonly keys: KeyStore;
  readonly updates: JobUpdateStore;
  readonly jobs: JobStore;
  readonly claimedInserts: ClaimedInsertStore;
  readonly localDispatch = new LocalDispatch();
  readonly search: JobSearch;
  readonly history: HistoryStore;
  readonly graphs: GraphStore;
  readonly followUps: FollowUpStore;
  readonly batches: BatchStore;
  readonly claims: ClaimStore;
  readonly nodes: NodeStore;
  readonly channels: ChannelStore;
  readonly functions: FunctionStore;
  readonly schedules: ScheduleStore;
  readonly scheduleLists: ScheduleListStore;
  readonly progress: ProgressStore;
  readonly stats: StatsStore;
  readonly metrics: MetricsStore;
  readonly overview: OverviewStore;
  readonly failures: FailureStore;
  readonly attention: AttentionStore;
  readonly channelLoad: ChannelLoadStore;
  readonly failureDetails: FailureDetailStore;
  readonly mutes: MuteStore;
  readonly audit: AuditStore;
  readonly explanations: ExplainStore;
  readonly notifier: Notifier;
  readonly events = new JobEvents();
  /**
   * Of the application's own sessions.
   *
   * @internal
   */
  readonly styles = new SessionStyles();

  private closing: Promise<void> | undefined;

  constructor(
    readonly dataSource: DataSource,
    readonly tables: Tables,
    readonly defaults: SessionDefaults,
    /** Keeps what it sends out of the application's traces. */
    readonly quietly: Quietly = openly,
    /** Whether this process may listen to notifications: the option `listen`. */
    listens = true,
  ) {
    this.database = new QueueDatabase(dataSource, defaults.otherIsolation, quietly);
    this.writer = new JobWriter(this.database, tables);
    this.updates = new JobUpdateStore(this.database, tables);
    this.keys = new KeyStore(this.database, tables);
    this.stats = new StatsStore(this.database, tables);
    this.metrics = new MetricsStore(this.database, tables);
    this.overview = new OverviewStore(this.database, tables);
    this.failures = new FailureStore(this.database, tables);
    this.attention = new AttentionStore(this.database, tables);
    this.channelLoad = new ChannelLoadStore(this.database, tables);
    this.failureDetails = new FailureDetailStore(this.database, tables);
    this.mutes = new MuteStore(this.database, tables);
    this.jobs = new JobStore(this.database, tables, this.stats);
    this.claimedInserts = new ClaimedInsertStore(this.database, tables);
    this.search = new JobSearch(this.database, tables);
    this.history = new HistoryStore(this.database, tables);
    this.graphs = new GraphStore(this.database, tables);
    this.followUps = new FollowUpStore(this.database, tables);
    this.batches = new BatchStore(this.database, tables);
    this.claims = new ClaimStore(this.database, tables);
    this.nodes = new NodeStore(this.database, tables);
    this.channels = new ChannelStore(this.database, tables);
    this.functions = new FunctionStore(this.database, tables);
    this.schedules = new ScheduleStore(this.database, tables);
    this.scheduleLists = new ScheduleListStore(this.database, tables);
    this.audit = new AuditStore(this.database, tables);
    this.explanations = new ExplainStore(this.database, tables);
    this.progress = new ProgressStore(this.database, tables);
    this.notifier = new Notifier(this.database, tables, listens);
    this.notifier.messages.subscribe(({ events, remoteEvents, eventTalk }) => {
      if (events !== undefined) this.events.emit(events);
      if (remoteEvents !== undefined || eventTalk !== undefined)
        this.events.received(remoteEvents, eventTalk);
    });
  }

  /** A second call waits for the first: NestJS 11 calls its hooks again if an application is closed twice. */
  async close(): Promise<void> {
    this.events.close();
    this.closing ??= this.notifier.close().then(async () => this.database.close());
    await this.closing;
  }
}
