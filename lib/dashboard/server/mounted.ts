import { Controller, type Type, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import type { Mount } from '../dashboard.options.js';
import { AccessGuard } from './access/access.guard.js';
import { AnsweringGuard } from './http/answering.guard.js';

/**
 * The controllers at the path of the module's option, behind the application's guards. Each is a class of its own that
 * inherits all routes, since a decorator's path and guards stand on the class for good. Whatever versioning the
 * application has, these routes have none.
 */
export function mounted(controllers: readonly Type[], { path, guards }: Mount): Type[] {
  return controllers.map((Base) => {
    const below = Reflect.getMetadata(PATH_METADATA, Base) as string;
    const Mounted = class extends (Base as new (...given: never[]) => object) {} as Type;
    Object.defineProperty(Mounted, 'name', { value: Base.name });
    Controller({ path: below === '/' ? path : `${path}/${below}`, version: VERSION_NEUTRAL })(Mounted);
    UseGuards(...guards, AccessGuard, AnsweringGuard)(Mounted);
    return Mounted;
  });
}
