import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { Office } from './office.ts';

/** Somebody has to log in first. */
export class LoginNeeded extends UnauthorizedException {}

/** Lets in who has logged in, and tells the others where to. */
@Injectable()
export class OfficeGuard implements CanActivate {
  constructor(private readonly office: Office) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context
      .switchToHttp()
      .getRequest<{ headers: { cookie?: string }; user?: { name: string } }>();
    const session = /(?:^|; )session=([^;]*)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const name = this.office.nameOf(session);
    if (name === null) throw new LoginNeeded('Log in first.');
    request.user = { name };
    return true;
  }
}
