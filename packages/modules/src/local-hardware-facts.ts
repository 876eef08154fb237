import type { Sections } from './local-facts-script.js';

type Facts = Record<string, unknown>;

const megabytes = (kilobytes: number): number => Math.floor(kilobytes / 1024);

const memoryFacts = (section: Sections): Facts => {
  const sizes = new Map(
    [...section('memory').matchAll(/^(\w+):\s+(\d+)/gm)].map((found) => [found[1] as string, Number(found[2])]),
  );
  const of = (name: string): number => sizes.get(name) ?? 0;
  const [total, free] = [of('MemTotal'), of('MemFree')];
  const spare = free + of('Cached') + of('Buffers');
  const [swap, swapFree] = [of('SwapTotal'), of('SwapFree')];
  return {
    memtotal_mb: megabytes(total),
    memfree_mb: megabytes(free),
    swaptotal_mb: megabytes(swap),
    swapfree_mb: megabytes(swapFree),
    memory_mb: {
      real: { total: megabytes(total), free: megabytes(free), used: megabytes(total) - megabytes(free) },
      nocache: { free: megabytes(spare), used: megabytes(total) - megabytes(spare) },
      swap: {
        total: megabytes(swap),
        free: megabytes(swapFree),
        used: megabytes(swap) - megabytes(swapFree),
        cached: megabytes(of('SwapCached')),
      },
    },
  };
};

const processorFacts = (section: Sections): Facts => {
  const units = section('processor')
    .split(/\n\s*\n/)
    .map((unit) => new Map([...unit.matchAll(/^([^\t:\n]+)\s*:\s?(.*)$/gm)].map((f) => [f[1]?.trim(), f[2] ?? ''])))
    .filter((unit) => unit.has('processor'));
  const sockets = new Set(units.map((unit) => unit.get('physical id') ?? '0')).size;
  const [first] = units;
  const cores = Number(first?.get('cpu cores') ?? 1);
  const siblings = Number(first?.get('siblings') ?? cores);
  const names = units.flatMap((unit) =>
    ['processor', 'vendor_id', 'model name'].flatMap((name) => unit.get(name) ?? []),
  );
  return {
    processor: names,
    processor_count: Math.max(1, sockets),
    processor_cores: cores,
    processor_threads_per_core: Math.max(1, Math.floor(siblings / cores)),
    processor_vcpus: units.length,
    processor_nproc: Number(section('nproc').trim() || units.length),
  };
};

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

const mountFacts = (section: Sections): Facts => {
  const sizes = new Map(
    section('file-systems')
      .split('\n')
      .map((line) => {
        const [block, total, free, nodes, freeNodes, ...path] = line.split(' ');
        return [path.join(' '), [block, total, free, nodes, freeNodes].map(Number)] as const;
      }),
  );
  const mounts = section('mounts')
    .split('\n')
    .flatMap((line) => {
      const [device = '', mount = '', fstype = '', options = ''] = line.split(' ');
      // As Ansible: what has a device or a server behind it, not the kernel's own trees.
      if (!(device.startsWith('/') || device.includes(':/')) || fstype === 'none') return [];
      const entry = { device: unescaped(device), mount: unescaped(mount), fstype, options };
      const [block = 0, total = 0, free = 0, nodes = 0, freeNodes = 0] = sizes.get(mount) ?? [];
      return [
        {
          ...entry,
          block_size: block,
          block_total: total,
          block_available: free,
          block_used: total - free,
          size_total: block * total,
          size_available: block * free,
          inode_total: nodes,
          inode_available: freeNodes,
          inode_used: nodes - freeNodes,
        },
      ];
    });
  return { mounts };
};

const DMI: Readonly<Record<string, string>> = {
  bios_date: 'bios_date',
  bios_vendor: 'bios_vendor',
  bios_version: 'bios_version',
  board_asset_tag: 'board_asset_tag',
  board_name: 'board_name',
  board_serial: 'board_serial',
  board_vendor: 'board_vendor',
  board_version: 'board_version',
  chassis_asset_tag: 'chassis_asset_tag',
  chassis_serial: 'chassis_serial',
  chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version',
  product_name: 'product_name',
  product_serial: 'product_serial',
  product_uuid: 'product_uuid',
  product_version: 'product_version',
  sys_vendor: 'system_vendor',
};

const dmiFacts = (section: Sections): Facts => {
  const found = new Map(
    section('dmi')
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()] as const),
  );
  return Object.fromEntries(Object.entries(DMI).map(([file, name]) => [name, found.get(file) || 'NA']));
};

/** Memory, processors, mounts, firmware and time since start. */
export const hardwareFacts = (section: Sections): Facts => ({
  ...memoryFacts(section),
  ...processorFacts(section),
  ...mountFacts(section),
  ...dmiFacts(section),
  uptime_seconds: Math.floor(Number(section('uptime').split(' ')[0] ?? 0)),
});
