import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { LoginNeeded } from './office.guard.ts';

/** Shows the login in place of a page. */
@Catch(LoginNeeded)
export class LoginFilter implements ExceptionFilter {
  catch(_: LoginNeeded, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<{ redirect(path: string): void }>().redirect('/login');
  }
}
