// Slack's own client against the emulator, unmodified but for `slackApiUrl`. Prints one line per thing that held; throws at the first that did not.
import assert from 'node:assert/strict';
import { WebClient, LogLevel, ErrorCode } from '@slack/web-api';

const { SLACK_API_URL: slackApiUrl, SLACK_BOT_TOKEN: token, SLACK_CHANNEL: channel, SLACK_WORKSPACE: team, EMULATOR_URL: emulator } = process.env;
const options = { slackApiUrl, logLevel: LogLevel.ERROR, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
const slack = new WebClient(token, options);
const put = (path, body) => fetch(`${emulator}/emulator/${path}`, { method: 'PUT', body: JSON.stringify(body) });
const held = (what) => console.log(`held: ${what}`);

const me = await slack.auth.test();
assert.equal(me.team_id, team);
assert.ok(me.bot_id.startsWith('B'));
assert.ok(me.response_metadata.scopes.includes('chat:write'));
held('auth.test');

const metadata = { event_type: 'threadgrains_post', event_payload: { post: 'p1', v: 1 } };
const blocks = [{ type: 'section', block_id: 'tg1:p1', text: { type: 'mrkdwn', text: 'An *issue*' } }];
const root = await slack.chat.postMessage({ channel, text: 'An issue', blocks, metadata });
assert.equal(root.message.bot_id, me.bot_id);
assert.equal(root.message.blocks[0].block_id, 'tg1:p1');
held('chat.postMessage');

const reply = await slack.chat.postMessage({ channel, thread_ts: root.ts, text: 'resolved' });
assert.equal(reply.message.thread_ts, root.ts);
held('a reply in the thread');

const thread = await slack.conversations.replies({ channel, ts: root.ts, include_all_metadata: true });
assert.deepEqual(thread.messages.map((message) => message.ts), [root.ts, reply.ts]);
assert.deepEqual(thread.messages[0].metadata, metadata);
held('conversations.replies with metadata');

const posted = [];
for (let i = 0; i < 7; i++) posted.push((await slack.chat.postMessage({ channel, text: `n${i}` })).ts);
const read = [];
for await (const page of slack.paginate('conversations.history', { channel, limit: 3, oldest: root.ts })) read.push(...page.messages.map((message) => message.ts));
assert.deepEqual(read, posted.toReversed());
held('conversations.history page by page');

const updated = await slack.chat.update({ channel, ts: root.ts, text: 'changed', blocks: [] });
assert.equal(updated.text, 'changed');
held('chat.update');

await slack.chat.delete({ channel, ts: posted[0] });
await assert.rejects(slack.chat.delete({ channel, ts: posted[0] }), (error) => error.code === ErrorCode.PlatformError && error.data.error === 'message_not_found');
held('chat.delete, and the error of doing it twice');

const orphan = await slack.chat.postMessage({ channel, thread_ts: posted[0], text: 'orphan' });
assert.equal(orphan.ok, true);
assert.equal(orphan.message.thread_ts, undefined);
held('the silent un-threading');

await assert.rejects(
  slack.chat.postMessage({ channel, text: 'x', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '' } }] }),
  (error) => error.data.error === 'invalid_blocks' && error.data.response_metadata.messages[0].startsWith('[ERROR]'));
held('the messages of invalid_blocks');

assert.equal((await slack.conversations.info({ channel })).channel.is_member, true);
assert.equal((await slack.conversations.join({ channel })).warning, 'already_in_channel');
assert.ok((await slack.chat.getPermalink({ channel, message_ts: root.ts })).permalink.includes(channel));
const person = (await (await fetch(`${emulator}/emulator/workspaces`)).json()).workspaces.find((workspace) => workspace.team === team).users[0];
assert.equal((await slack.users.info({ user: person.id })).user.real_name, person.realName);
assert.match((await slack.chat.postEphemeral({ channel, user: person.id, text: 'psst' })).message_ts, /^\d+\.\d{6}$/);
held('info, join, permalink, users.info, postEphemeral');

await assert.rejects(new WebClient('xoxb-wrong', options).auth.test(), (error) => error.data.error === 'invalid_auth');
held('a wrong token');

await put('limits', { channelPerSecond: 1, workspacePerMinute: 0, repliesPerMinute: 0, updatesPerMinute: 0 });
await assert.rejects(
  (async () => { for (let i = 0; i < 10; i++) await slack.chat.postMessage({ channel, text: `fast ${i}` }); })(),
  (error) => error.code === ErrorCode.RateLimitedError && Number.isInteger(error.retryAfter) && error.retryAfter >= 1);
await put('limits', { channelPerSecond: 0, workspacePerMinute: 0, repliesPerMinute: 0, updatesPerMinute: 0 });
held('429 with Retry-After');

await put('faults', { rules: [{ method: 'chat.postMessage', fault: 'http_503', nth: 1 }, { method: 'chat.postMessage', fault: 'lost_answer', nth: 2 }] });
await assert.rejects(slack.chat.postMessage({ channel, text: 'broken' }), (error) => error.code === ErrorCode.HTTPError || error.code === ErrorCode.RequestError);
await assert.rejects(slack.chat.postMessage({ channel, text: 'lost' }), (error) => error.code === ErrorCode.RequestError);
await fetch(`${emulator}/emulator/faults`, { method: 'DELETE' });
const history = await slack.conversations.history({ channel, limit: 5 });
assert.equal(history.messages[0].text, 'lost');
assert.ok(!history.messages.some((message) => message.text === 'broken'));
held('an HTML error, and a post whose answer was lost');
