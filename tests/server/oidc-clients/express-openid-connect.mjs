// express-openid-connect, by Auth0.
import express from 'express';
import openid from 'express-openid-connect';
import { bye, clientId, issuer, listen, person, scope, secret, showError, site, timeout } from './site.mjs';

const ended = new Map();
const store = {
  get: (id, done) => done(null, ended.get(id)),
  set: (id, value, done) => done(null, ended.set(id, value)),
  destroy: (id, done) => done(null, ended.delete(id)),
};
const app = express();
app.use(openid.auth({
  issuerBaseURL: issuer, baseURL: site, clientID: clientId, clientSecret: secret, secret: 'invented-cookie-secret-0123456789',
  authRequired: false, httpTimeout: timeout, idpLogout: true, routes: { postLogoutRedirect: new URL(bye).pathname },
  authorizationParams: { response_type: 'code', scope }, backchannelLogout: { store },
}));
app.get('/', (request, response) => response.json(person(request.oidc.user)));
app.get('/state', (request, response) => response.json({ in: request.oidc.isAuthenticated() }));
app.get('/refresh', async (request, response) => {
  await request.oidc.accessToken.refresh();
  response.json(person(request.oidc.idTokenClaims));
});
app.get(new URL(bye).pathname, (request, response) => response.json({ bye: true }));
app.use((error, request, response, next) => showError(response, error));
listen(app);
