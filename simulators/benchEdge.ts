export async function benchEdge(_: object): Promise<object> {
  return {};
}
