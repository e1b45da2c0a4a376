<?php
// Says whether a webhook is from the service:  php verify-webhook.php < body.json
// with WEBHOOK_ID, WEBHOOK_TIMESTAMP and WEBHOOK_SIGNATURE as its headers have them, and WEBHOOK_SECRET as the service has it.
declare(strict_types=1);

const TOLERANCE_SECONDS = 300;

/** `$body`: the bytes as they came in, `file_get_contents('php://input')`. */
function isGenuine(string $id, string $timestamp, string $signature, string $body, array $secrets): bool
{
    if (!preg_match('/^\d{1,12}$/D', $timestamp) || abs(time() - (int) $timestamp) > TOLERANCE_SECONDS) {
        return false;
    }
    // While a secret is being changed there are two of them, and two signatures.
    foreach ($secrets as $secret) {
        $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
        if ($key === false || $key === '') { // Anybody can sign with an empty key.
            throw new InvalidArgumentException('A secret is "whsec_" and then base64.');
        }
        $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
        foreach (explode(' ', $signature) as $given) {
            if (hash_equals($expected, $given)) {
                return true;
            }
        }
    }
    return false;
}

$body = file_get_contents('php://stdin');
[$id, $timestamp, $signature, $secrets] = array_map(
    fn (string $name): string => getenv("WEBHOOK_$name") ?: '',
    ['ID', 'TIMESTAMP', 'SIGNATURE', 'SECRET'],
);
try {
    $isGenuine = isGenuine($id, $timestamp, $signature, $body, explode(',', $secrets));
} catch (InvalidArgumentException $error) {
    fwrite(STDERR, $error->getMessage() . PHP_EOL);
    exit(1);
}
echo $isGenuine ? 'genuine ' . json_decode($body, true)['type'] : 'forged', PHP_EOL;
exit($isGenuine ? 0 : 1);
