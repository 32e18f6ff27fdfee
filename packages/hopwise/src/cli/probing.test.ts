import { describe, expect, it } from 'vitest';
import { runCli } from './testing/fake-io.ts';

const URL = ['diagnose', 'https://shop.example.com/fine', '--from', 'incident'];

describe('probe flags', () => {
  it.each([
    [['--repeat', '3'], 'add --probe on'],
    [['--probe', 'on', '--repeat', '0'], 'from 1 to 200'],
    [['--probe', 'on', '--repeat', '2e1'], 'from 1 to 200'],
    [['--probe', 'on', '--idle', '55s,soon'], "--idle cannot be 'soon'"],
    [['--probe', 'on', '--idle', '11m'], 'at most 10m'],
    [['--probe', 'on', '--idle', '1,2,3,4,5,6'], 'at most 5 times'],
    [['--probe', 'maybe'], 'diagnose takes: on, off, inside'],
  ])('%j is refused with what to write instead', async (flags, words) => {
    const { code, err, asked } = await runCli([...URL, ...flags]);
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(asked).toEqual([]);
  });

  it('probes when asked to, and --requests does not', async () => {
    const probed = await runCli([...URL, '--probe', 'on', '--repeat', '20', '--idle', '55s, 1500ms', '-k']);
    expect([probed.code, probed.err]).toEqual([0, '']);
    const many = await runCli(['diagnose', '--requests', '-', '--from', 'incident', '--probe', 'on']);
    expect([many.code, many.err]).toEqual([2, expect.stringContaining('exclude each other')]);
  });
});
