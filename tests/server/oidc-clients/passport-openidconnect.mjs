// passport-openidconnect, in Express. It takes each address by name, and sends its secret in the form and no code_challenge.
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import Strategy from 'passport-openidconnect';
import { bye, callback, clientId, discover, endSession, listen, person, secret, showError } from './site.mjs';

const server = await discover();
let tokens;
const strategy = new Strategy({
  issuer: server.issuer, authorizationURL: server.authorization_endpoint, tokenURL: server.token_endpoint, userInfoURL: server.userinfo_endpoint,
  clientID: clientId, clientSecret: secret, callbackURL: callback, scope: ['profile'], nonce: true, skipUserProfile: false,
}, (issuer, profile, context, idToken, accessToken, refreshToken, done) => {
  tokens = { idToken, refreshToken };
  done(null, person({ sub: profile.id, name: profile.displayName }));
});
passport.use(strategy);

const app = express();
app.use(session({ secret: 'invented-cookie-secret', resave: false, saveUninitialized: false }));
app.get('/login', passport.authenticate('openidconnect', { session: false }));
app.get('/callback', passport.authenticate('openidconnect', { session: false }), (request, response) => response.json(request.user));
// As passport-oauth2-refresh does it: the strategy has no function of its own for this.
app.get('/refresh', (request, response, next) => {
  strategy._oauth2.getOAuthAccessToken(tokens.refreshToken, { grant_type: 'refresh_token' }, (refused, accessToken) => {
    if (refused) return next(new Error(refused.data));
    strategy._oauth2.get(server.userinfo_endpoint, accessToken, (error, userinfo) => (error ? next(new Error(error.data)) : response.json(person(JSON.parse(userinfo)))));
  });
});
app.get('/logout', (request, response) => response.redirect(endSession(server, tokens.idToken).href));
app.get(new URL(bye).pathname, (request, response) => response.json({ bye: true }));
app.use((error, request, response, next) => showError(response, error));
listen(app);
