import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Logger,
  Module,
  type NestModule,
  type OnModuleInit,
} from '@nestjs/common';
import {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  type ASYNC_OPTIONS_TYPE,
  type OPTIONS_TYPE,
} from './dashboard.module-definition.js';
import {
  type CheckedDashboardOptions,
  checkDashboardOptions,
  type Mount,
  type QueueJobDashboardOptions,
} from './dashboard.options.js';
import { DASHBOARD_OPTIONS, MOUNT } from './server/dashboard.tokens.js';
import { SlashRoutes } from './server/page/slash-routes.js';
import { DASHBOARD_PROVIDERS } from './server/providers.js';

const checkedOptions: FactoryProvider<CheckedDashboardOptions> = {
  provide: DASHBOARD_OPTIONS,
  inject: [MODULE_OPTIONS_TOKEN],
  useFactory: (options: QueueJobDashboardOptions) => checkDashboardOptions(options),
};

/**
 * The dashboard: a page, a REST API and live events at a path of the application, which needs `QueueJobModule` too. It
 * is closed until `guards` say who gets in.
 *
 * @throws InvalidModuleOptionError (at start)
 * @example
 * ```ts
 * QueueJobDashboardModule.forRoot({
 *   path: 'admin/jobs',
 *   imports: [AuthModule],
 *   guards: [AdminGuard],
 *   actor: (request) => (request.user as User).email,
 * });
 * ```
 */
@Module({ providers: [checkedOptions, ...DASHBOARD_PROVIDERS] })
export class QueueJobDashboardModule extends ConfigurableModuleClass implements NestModule, OnModuleInit {
  constructor(
    @Inject(MOUNT) private readonly mount: Mount,
    private readonly slashes: SlashRoutes,
  ) {
    super();
  }

  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }

  /**
   * As {@link forRoot}, with options from a factory, a class or an existing provider. `path`, `guards` and
   * `allowAnonymous` stay beside these: routes are made by them before any factory runs.
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }

  /** NestJS calls it before it registers any route. */
  configure(): void {
    this.slashes.prepare();
  }

  onModuleInit(): void {
    if (this.mount.isOpen) return;
    new Logger('QueueJobDashboard').warn(
      `The dashboard at /${this.mount.path} answers 403 to everybody: set the option guards of QueueJobDashboardModule.forRoot(), or allowAnonymous: true where something else decides who gets in.`,
    );
  }
}
