import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { setApiHeaders } from './headers.js';

@Injectable()
export class ApiHeadersInterceptor implements NestInterceptor {
  constructor(private readonly host: HttpAdapterHost) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    setApiHeaders(this.host.httpAdapter, context.switchToHttp().getResponse());
    return next.handle();
  }
}
