// A real authorization server for the tests of login: npm's oidc-provider, on a
// free port of the loopback interface. Its first line of output is its issuer.
// The one argument is the folder that holds node_modules.
import http from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const library = path.join(process.argv[2], 'node_modules', 'oidc-provider', 'lib', 'index.js');
const { Provider } = await import(pathToFileURL(library));

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const native = {
    application_type: 'native', redirect_uris: ['http://127.0.0.1/cb'],
    grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
  };
  const provider = new Provider(issuer, {
    clients: [
      { ...native, client_id: 'public', token_endpoint_auth_method: 'none' },
      { ...native, client_id: 'confidential', client_secret: 'c:o n/f+1%', token_endpoint_auth_method: 'client_secret_basic' },
    ],
    scopes: ['openid', 'api:read', 'api:write'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      revocation: { enabled: true },
    },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    findAccount: async (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: ['only for this run'] },
  });

  // The consent page in its barest form: GET names what was asked for, POST
  // brings the ticks, a body of one scope a line.
  async function interaction(req, res) {
    const details = await provider.interactionDetails(req, res);
    if (req.method === 'GET') {
      res.end(details.params.scope);
      return;
    }
    let body = '';
    for await (const chunk of req) body += chunk;
    const ticked = body.split('\n').filter(Boolean);
    if (ticked.length === 0) {
      await provider.interactionFinished(req, res, { error: 'access_denied' });
      return;
    }
    const grant = new provider.Grant({ accountId: 'student', clientId: details.params.client_id });
    grant.addOIDCScope(ticked.join(' '));
    const unticked = details.params.scope.split(' ').filter((scope) => !ticked.includes(scope));
    if (unticked.length > 0) grant.rejectOIDCScope(unticked.join(' '));
    await provider.interactionFinished(req, res, {
      login: { accountId: 'student' },
      consent: { grantId: await grant.save() },
    });
  }

  const serve = provider.callback();
  server.on('request', (req, res) => {
    if (req.url.startsWith('/interaction/')) {
      interaction(req, res).catch((err) => { res.statusCode = 500; res.end(String(err)); });
      return;
    }
    serve(req, res);
  });
  console.log(issuer);
});

process.stdin.resume();
process.stdin.on('end', () => process.exit(0)); // ends with the test
