/** A port that can be closed and opened again. */
type Port = { refuse(): Promise<void>; open(): Promise<void> };

/** A time in which the API's port is closed: to callers it looks as if nothing were there. */
export type Outage = {
  /** Cuts what is open and refuses connections, for `forMs` or until `end`. One that is under way is replaced. */
  begin(forMs?: number): Promise<void>;
  end(): Promise<void>;
  isOn(): boolean;
};

export function createOutage(api: Port): Outage {
  let isOn = false;
  let timer: NodeJS.Timeout | undefined;

  const end = async (): Promise<void> => {
    clearTimeout(timer);
    if (!isOn) return;
    isOn = false;
    await api.open();
  };
  return {
    async begin(forMs) {
      clearTimeout(timer);
      isOn = true;
      await api.refuse();
      if (forMs !== undefined) timer = setTimeout(() => void end(), forMs);
    },
    end,
    isOn: () => isOn,
  };
}
