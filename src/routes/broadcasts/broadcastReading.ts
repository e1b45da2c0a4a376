import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Caller } from '../../domain/access/caller';
import { ServiceError } from '../../domain/errors';
import { BATCH_STATUSES } from '../../domain/states/batchState';
import { BROADCAST_STATUSES } from '../../domain/states/broadcastState';
import { RECIPIENT_STATUSES } from '../../domain/states/recipientState';
import type { Broadcast, BroadcastStore } from '../../store/reading/broadcastStore';
import type { Place, RecipientStore } from '../../store/reading/recipientStore';
import { broadcastIdOf } from '../parameters/broadcastId';
import { filePages } from '../parameters/filePages';
import { afterOf, choiceOf, cursorOf, limitOf, onlyParameters } from '../parameters/query';
import { batchView } from '../views/broadcastView';
import { recipientView } from '../views/recipientView';
import type { BroadcastPresenter } from './broadcastPresenter';
import { streamRecipientsCsv } from './recipientsCsv';

export type BroadcastReadingDeps = {
  readonly broadcasts: Pick<BroadcastStore, 'find' | 'list' | 'batches'>;
  readonly recipients: RecipientStore;
  readonly callerOf: (res: Response) => Caller;
};

const SHOWN_AT_ONCE = 20;

/** What there is to see of broadcasts: all of them, one, its batches and its people. */
export function broadcastReading(
  { broadcasts, recipients, callerOf }: BroadcastReadingDeps,
  { present, presentMany }: BroadcastPresenter,
) {
  const find = async (req: Request): Promise<Broadcast> => {
    const broadcast = await broadcasts.find(broadcastIdOf(req));
    if (broadcast === null) throw new ServiceError('not_found', 'There is no broadcast with this id.');
    return broadcast;
  };

  const list: RequestHandler = async (req, res) => {
    onlyParameters(req, ['status', 'test', 'limit', 'cursor']);
    const status = choiceOf(req, 'status', BROADCAST_STATUSES);
    const isTest = choiceOf(req, 'test', ['true', 'false']) === 'true';
    const after = afterOf(req, 1)?.[0] ?? null;
    const page = await broadcasts.list({ status, isTest, limit: limitOf(req), after, ...ownOnly(callerOf(res)) });
    const presentOne = await presentMany();
    const data = [];
    for (const broadcast of page.items) {
      data.push(await presentOne(broadcast, null));
      // SQLite answers at once: without this, others wait for a thousand.
      if (data.length % SHOWN_AT_ONCE === 0) await nextTurn();
    }
    res.json({ data, next: page.next === null ? null : cursorOf(page.next) });
  };

  const show: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    res.json(await present(await find(req), null));
  };

  const listBatches: RequestHandler = async (req, res) => {
    onlyParameters(req, ['status', 'limit', 'cursor']);
    const status = choiceOf(req, 'status', BATCH_STATUSES);
    const query = { limit: limitOf(req), after: afterOf(req, 1)?.[0] ?? 0, status };
    const page = await broadcasts.batches((await find(req)).broadcastKey, query);
    res.json({ data: page.items.map(batchView), next: page.next === null ? null : cursorOf(page.next) });
  };

  const listRecipients: RequestHandler = async (req, res) => {
    onlyParameters(req, ['status', 'limit', 'cursor']);
    const status = choiceOf(req, 'status', RECIPIENT_STATUSES);
    const limit = limitOf(req);
    const after = afterOf(req, 2);
    const { broadcastKey, id } = await find(req);
    const place = after === null ? null : { batch: after[0] ?? 0, position: after[1] ?? 0 };
    res.vary('Accept');
    if (req.accepts(['application/json', 'text/csv']) === 'text/csv') {
      const pages = filePages(req, res, place, {
        pageAfter: (from: Place | null, most) => recipients.page(broadcastKey, { status, limit: most, after: from }),
        cursorOf: ({ batch, position }) => cursorOf(batch, position),
      });
      await streamRecipientsCsv(res, `broadcast-${id}.csv`, pages);
      return;
    }
    const page = await recipients.page(broadcastKey, { status, limit, after: place });
    res.json({
      data: page.items.map(recipientView),
      next: page.next === null ? null : cursorOf(page.next.batch, page.next.position),
    });
  };

  return { list, show, listBatches, listRecipients };
}

/** Nobody's id is no text: whoever has none sees nothing. */
const ownOnly = (caller: Caller): { readonly creatorId?: string } =>
  caller.ownOnly ? { creatorId: caller.id ?? '' } : {};
