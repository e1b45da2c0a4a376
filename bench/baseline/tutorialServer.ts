import express, { type Express } from 'express';
import { body, validationResult } from 'express-validator';
import type { SendBatch } from './tutorialSender';
import { sendToAll } from './tutorialSender';

/**
 * What one gets by following the usual tutorials: the body parser with its limit raised, the wildcard of express-validator
 * over the recipients, a loop. It keeps nothing, and nobody can ask what became of a number. Not part of the service: the
 * bench holds the service against it.
 */
export function createTutorialApp(sendBatch: SendBatch): Express {
  const app = express();
  app.use(express.json({ limit: '50mb' }));
  app.post(
    '/broadcast',
    body('message').isString().trim().notEmpty(),
    body('recipients').isArray({ min: 1 }),
    body('recipients.*')
      .isString()
      .matches(/^\+[1-9]\d{1,14}$/),
    async (req, res) => {
      const faults = validationResult(req);
      if (!faults.isEmpty()) {
        res.status(400).json({ errors: faults.array() });
        return;
      }
      const { message, recipients } = req.body as { message: string; recipients: string[] };
      await sendToAll(sendBatch, message, recipients);
      res.status(202).json({ recipients: { accepted: recipients.length } });
    },
  );
  return app;
}
