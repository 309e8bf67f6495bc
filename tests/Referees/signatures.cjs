// Asks the verifier of Slack's own SDK about each case of the list on standard input, the way its HTTP receiver does:
// Node joins a repeated header with a comma, and the receiver turns the timestamp into a number before it is hashed.
const { verifySlackRequest } = require('@slack/bolt');

const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk));
process.stdin.on('end', () => {
  const verdicts = JSON.parse(Buffer.concat(chunks).toString('utf8')).map((c) => {
    if (c.timestamps.length === 0 || c.signatures.length === 0) {
      return false; // the receiver throws before it asks
    }
    try {
      verifySlackRequest({
        signingSecret: c.secret,
        body: Buffer.from(c.body, 'base64').toString(),
        headers: {
          'x-slack-signature': c.signatures.join(', '),
          'x-slack-request-timestamp': Number(c.timestamps.join(', ')),
        },
        nowMilliseconds: c.now * 1000,
      });
      return true;
    } catch {
      return false;
    }
  });
  process.stdout.write(JSON.stringify(verdicts));
});
