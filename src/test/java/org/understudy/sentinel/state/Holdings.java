package org.understudy.sentinel.state;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Counts what an object holds on to, to find what grows. */
final class Holdings {
  private Holdings() {}

  /** Objects of this project that can be reached, by the names of their classes, and all elements of collections. */
  static Map<String, Integer> of(Object root) {
    Map<String, Integer> counts = new TreeMap<>();
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> open = new ArrayDeque<>();
    open.add(root);
    while (!open.isEmpty()) {
      Object next = open.remove();
      if (!seen.add(next)) continue;
      if (next instanceof Map<?, ?> map) {
        counts.merge("in maps", map.size(), Integer::sum);
        map.keySet().forEach(each -> visit(open, each));
        map.values().forEach(each -> visit(open, each));
      } else if (next instanceof Collection<?> all) {
        counts.merge("in collections", all.size(), Integer::sum);
        all.forEach(each -> visit(open, each));
      } else if (next.getClass().getName().startsWith("org.understudy.")) {
        if (next instanceof Enum) continue;
        counts.merge(next.getClass().getSimpleName(), 1, Integer::sum);
        visitFields(open, next);
      }
    }
    return counts;
  }

  private static void visit(Deque<Object> open, Object found) {
    if (found != null) open.add(found);
  }

  private static void visitFields(Deque<Object> open, Object of) {
    for (Class<?> kind = of.getClass(); kind != Object.class; kind = kind.getSuperclass()) {
      for (Field field : kind.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) continue;
        try {
          field.setAccessible(true);
          visit(open, field.get(of));
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
