import { Body, Controller, Get, Header, HttpStatus, Post, Res } from '@nestjs/common';
import { Office } from './office.ts';

interface Reply {
  status(code: number): Reply;
  setHeader(name: string, value: string): void;
  redirect(code: number, path: string): void;
  send(text: string): void;
}

const form = (message = ''): string => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>The office of the shop</title></head>
  <body>
    <h1>The office of the shop</h1>
    <p role="alert">${message}</p>
    <form method="post" action="/login">
      <p><label>Your name <input name="name" required maxlength="50" autocomplete="username" /></label></p>
      <p><label>Password <input name="password" type="password" required autocomplete="current-password" /></label></p>
      <p><button>Log in</button></p>
    </form>
  </body>
</html>
`;

/** The way to the jobs of the shop. */
@Controller('login')
export class LoginController {
  constructor(private readonly office: Office) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  show(): string {
    return form();
  }

  @Post()
  enter(@Body() body: { name?: unknown; password?: unknown }, @Res() reply: Reply): void {
    const { name, password } = body;
    const session =
      typeof name === 'string' && typeof password === 'string' ? this.office.enter(name, password) : null;
    if (session === null) {
      reply.setHeader('content-type', 'text/html; charset=utf-8');
      reply.status(HttpStatus.UNAUTHORIZED).send(form('That is not the password that the shop printed.'));
      return;
    }
    reply.setHeader('set-cookie', `session=${session}; HttpOnly; SameSite=Strict; Path=/`);
    reply.redirect(HttpStatus.SEE_OTHER, '/queue-jobs');
  }
}
