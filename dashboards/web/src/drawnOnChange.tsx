import { Component, type ComponentType } from 'preact';

/** A component that is re-rendered only when one of its properties is another object or value. */
export function drawnOnChange<P extends object>(View: ComponentType<P>): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const names = new Set([...Object.keys(next), ...Object.keys(this.props)]) as Set<keyof P & string>;
      return [...names].some((name) => next[name] !== (this.props as P)[name]);
    }

    override render() {
      return <View {...(this.props as P)} />;
    }
  };
}
