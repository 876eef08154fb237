import { templateError } from './item.js';
import type { Part } from './version.js';

const FORM =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

const STAGES: Readonly<Record<string, number>> = { a: 0, alpha: 0, b: 1, beta: 1, c: 2, rc: 2, pre: 2, preview: 2 };

// Stands behind a release, so that the shorter one comes first.
const END = -1;
const BEFORE_STAGES = -1;
const AFTER_STAGES = 3;

const localParts = (local: string | undefined): Part[] =>
  (local?.split(/[-_.]/) ?? []).flatMap((part): Part[] => (/^\d+$/.test(part) ? [1, Number(part)] : [0, part]));

/**
 * Versions of Python packages (PEP 440): an epoch, a release whose trailing zeros do not count, then in this order development releases,
 * `a`, `b`, `rc`, the release itself, and `post` releases; what stands after a `+` comes last.
 */
export const pep440Parts = (version: string): Part[] => {
  const found = FORM.exec(version.trim().toLowerCase());
  if (!found) throw templateError(`"${version}" is no version of PEP 440.`);
  const [
    ,
    epoch = '0',
    release = '',
    stage,
    stageNumber = '',
    dash,
    post,
    postNumber = '',
    dev,
    devNumber = '',
    local,
  ] = found;
  const afterwards = dash !== undefined || post !== undefined;
  const place =
    stage !== undefined
      ? [STAGES[stage] as number, Number(stageNumber)]
      : dev !== undefined && !afterwards
        ? [BEFORE_STAGES, 0]
        : [AFTER_STAGES, 0];
  return [
    Number(epoch),
    ...release
      .replace(/(?:\.0+)+$/, '')
      .split('.')
      .map(Number),
    END,
    ...place,
    afterwards ? Number(dash ?? postNumber) : END,
    dev === undefined ? Number.POSITIVE_INFINITY : Number(devNumber),
    ...localParts(local),
  ];
};
