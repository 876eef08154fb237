import type { Secrets } from '@ratchet/core';
import {
  jsonRenderer,
  ndjsonRenderer,
  type Output,
  plainRenderer,
  type Renderer,
  type RendererOptions,
  ttyRenderer,
  wantsColour,
  wantsLiveDisplay,
} from '@ratchet/report';
import type { OutputKind, RunFlags } from './run-flags.js';

/** A terminal or a pipe. */
export interface Screen extends Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const RENDERERS: Readonly<Record<OutputKind, (options: RendererOptions) => Renderer>> = {
  tty: ttyRenderer,
  plain: plainRenderer,
  json: jsonRenderer,
  ndjson: ndjsonRenderer,
};

const PIPE_WIDTH = 80;

/** The stream with every known secret masked on its way out. */
export const maskedOutput = (stream: Output, secrets: Secrets): Output => ({
  write: (text) => stream.write(secrets.mask(text)),
});

/** The kind of output: as asked for, live on a terminal; live display falls back to plain lines where it cannot work. */
export const outputKind = (asked: OutputKind | undefined, screen: Screen, environment: Environment): OutputKind => {
  const wanted = asked ?? 'tty';
  // A terminal in a container may have no columns; a display that wraps at none shows one letter a line.
  const live = screen.columns !== 0 && wantsLiveDisplay(screen.isTTY === true, environment);
  return wanted === 'tty' && !live ? 'plain' : wanted;
};

/** The renderer for a run; `plain` stands in the place of lines for people. JSON passes unmasked here because the runner has masked every text in its events. */
export const chooseRenderer = (
  flags: Pick<RunFlags, 'output' | 'diff' | 'verbosity'>,
  screens: { readonly stdout: Screen; readonly stderr: Screen },
  environment: Environment,
  secrets: Secrets,
  look: Pick<RendererOptions, 'customStats' | 'diffContext'> = {},
  plain?: (options: RendererOptions) => Renderer,
): Renderer => {
  const kind = outputKind(flags.output, screens.stdout, environment);
  const json = kind === 'json' || kind === 'ndjson';
  const make = json ? RENDERERS[kind] : (plain ?? RENDERERS[kind]);
  return make({
    stream: json ? screens.stdout : maskedOutput(screens.stdout, secrets),
    errorStream: maskedOutput(screens.stderr, secrets),
    width: screens.stdout.columns || PIPE_WIDTH,
    colour: !json && wantsColour(screens.stdout.isTTY === true, environment),
    diff: flags.diff,
    verbosity: flags.verbosity,
    ...look,
  });
};
