<?php
// Texts people once and waits until it is over:  SMS_URL=… SMS_KEY=… php send.php 'Doors open at 9.' +14155550101 +14155550102
declare(strict_types=1);

const FINAL_STATUSES = ['completed', 'partially_failed', 'failed', 'cancelled'];
const TRIES = 5;
define('IDEMPOTENCY_KEY', getenv('IDEMPOTENCY_KEY') ?: bin2hex(random_bytes(16)));

/** Nothing is done twice by asking again: a broadcast has its Idempotency-Key, all else is reading. */
function ask(string $method, string $path, ?array $body = null, array $headers = []): array
{
    for ($attempt = 1; ; $attempt++) {
        $answer = tryOnce($method, $path, $body, $headers);
        if (isset($answer['body'])) {
            return $answer['body'];
        }
        if (!$answer['isForNow']) {
            throw new RuntimeException($answer['reason']);
        }
        $wait = max($answer['retryAfter'], 2 ** ($attempt - 1));
        if ($attempt === TRIES || $wait > 60) {
            throw new RuntimeException($answer['reason'] . '; run it again with IDEMPOTENCY_KEY=' . IDEMPOTENCY_KEY);
        }
        sleep($wait);
    }
}

function tryOnce(string $method, string $path, ?array $body, array $headers): array
{
    $http = [
        'method' => $method,
        'header' => ['x-api-key: ' . getenv('SMS_KEY'), ...$headers],
        'timeout' => 60,
        'ignore_errors' => true,
        'follow_location' => 0, // The key is for the service only.
    ];
    if ($body !== null) {
        $http['content'] = json_encode($body, JSON_THROW_ON_ERROR);
    }
    $stream = @fopen(rtrim(getenv('SMS_URL'), '/') . $path, 'r', false, stream_context_create(['http' => $http]));
    $text = $stream ? stream_get_contents($stream) : '';
    $lines = $stream ? stream_get_meta_data($stream)['wrapper_data'] : [];
    $status = (int) (explode(' ', $lines[0] ?? '')[1] ?? 0);
    $json = json_decode($text, true);
    if ($status >= 200 && $status < 300 && $json !== null) {
        return ['body' => $json];
    }
    // Without a status, or with half of an answer, the connection was lost.
    if ($status < 300) {
        return ['reason' => 'No answer', 'isForNow' => true, 'retryAfter' => 0];
    }
    $isProblem = preg_grep('~^content-type: *application/problem\+json~i', $lines) !== [];
    $retryAfter = array_values(preg_grep('~^retry-after: *\d+$~i', $lines))[0] ?? '';
    return [
        'reason' => sprintf('%s: %s (HTTP %d)', $json['title'] ?? 'Unexpected answer', $json['detail'] ?? '', $status),
        'isForNow' => in_array($status, [429, 503], true)
            || str_ends_with($json['type'] ?? '', '/in_progress')
            // A gateway that answers for the service may have passed the request on.
            || ($status >= 500 && !$isProblem),
        'retryAfter' => (int) trim(explode(':', $retryAfter)[1] ?? '0'),
    ];
}

function main(string $message, string ...$recipients): int
{
    $id = ask('POST', '/broadcast', ['message' => $message, 'recipients' => $recipients], [
        'content-type: application/json',
        'idempotency-key: ' . IDEMPOTENCY_KEY,
        'prefer: respond-async',
    ])['id'];

    $deadline = time() + (int) (getenv('FOLLOW_SECONDS') ?: 600);
    for ($last = ''; ; sleep(1)) {
        ['status' => $status, 'delivery' => $people] = ask('GET', "/broadcast/$id");
        $failed = $people['undelivered'] + $people['failed'] + $people['invalid'];
        $open = $people['queued'] + $people['sent'] + $people['unknown'];
        $line = "$status: {$people['delivered']} delivered, $failed failed, $open open";
        if ($line !== $last) {
            echo $line, PHP_EOL;
        }
        $last = $line;
        // Once it is final, delivery reports still come.
        if ((in_array($status, FINAL_STATUSES, true) && $open === 0) || time() > $deadline) {
            echo "Broadcast $id $line", PHP_EOL;
            return $status === 'completed' ? 0 : 1;
        }
    }
}

if ($argc < 3 || !getenv('SMS_URL') || !getenv('SMS_KEY')) {
    fwrite(STDERR, "usage: SMS_URL=… SMS_KEY=… php send.php MESSAGE NUMBER...\n");
    exit(1);
}
try {
    exit(main(...array_slice($argv, 1)));
} catch (RuntimeException $error) {
    fwrite(STDERR, $error->getMessage() . PHP_EOL);
    exit(1);
}
