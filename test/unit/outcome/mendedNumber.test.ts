import fc from 'fast-check';
import { mendedNumber, type BatchMember } from '../../../src/domain/outcome/mendedNumber';

const ann = { number: '+525512345679', messageUuid: null };
const bob = { number: '+14155550101', messageUuid: null };
const report = (recipient: string, messageUuid = 'm1') => ({ recipient, messageUuid });

describe('A report that names a number which is none of its batch’s is of', () => {
  test.each<[string, ReturnType<typeof report>, BatchMember[], string[] | null, string | null]>([
    ['whom its message is known to belong to', report('+1'), [ann, { ...bob, messageUuid: 'm1' }], ['m1'], bob.number],
    ['the only one of whom nothing was heard', report('+1'), [ann, { ...bob, messageUuid: 'm2' }], ['m1'], ann.number],
    ['the only person, where no answer came', report('+1'), [ann], null, ann.number],
    ['whose number ends like it', report('+5215512345679'), [ann, bob], ['m1', 'm2'], ann.number],
    ['nobody, where two numbers end so', report('+15512345679'), [ann, { ...bob, number: '+15512345679' }], null, null],
    ['nobody, where none ends so', report('+4479460000'), [ann, bob], null, null],
    ['nobody, where its message is of another call', report('+5215512345679'), [ann], ['m2'], null],
    ['nobody, where there is nobody', report('+5215512345679'), [], null, null],
    ['nobody, where everybody has another message', report('+1'), [{ ...ann, messageUuid: 'm2' }], null, null],
  ])('%s', (_whom, reported, members, answered, expected) => {
    expect(mendedNumber(reported, members, answered === null ? null : new Set(answered))).toBe(expected);
  });

  it('is of one of the batch who has this message or none, or of nobody', () => {
    const uuid = fc.constantFrom('m1', 'm2', 'm3');
    const number = fc.constantFrom('+525512345679', '+5215512345679', '+14155550101', '+24155550101');
    const member = fc.record({ number, messageUuid: fc.option(uuid) });
    fc.assert(
      fc.property(number, uuid, fc.array(member), fc.option(fc.array(uuid)), (to, id, members, answered) => {
        const whose = mendedNumber(report(to, id), members, answered === null ? null : new Set(answered));
        if (whose === null) return;
        const fits = ({ messageUuid }: BatchMember) => messageUuid === null || messageUuid === id;
        expect(members.some((one) => one.number === whose && fits(one))).toBe(true);
      }),
    );
  });
});
